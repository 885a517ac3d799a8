import { describe, expect, it } from 'vitest';
import { createLimiter } from './limiter.ts';

/** Calls that end on request. */
function calls(limit: number) {
  const turns = createLimiter(limit, (reason) => (reason as Error).message === 'silence');
  const started: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  return {
    started,
    call: (name: string) =>
      turns(() => {
        started.push(name);
        const end = Promise.withResolvers<string>();
        ends.set(name, end);
        return end.promise;
      }),
    end: (name: string) => ends.get(name)?.resolve(name),
    fail: (name: string, message: string) => ends.get(name)?.reject(new Error(message)),
  };
}

describe('turns', () => {
  it('lets so many be under way, and the others come in their order', async () => {
    const { started, call, end } = calls(2);
    const all = ['a', 'b', 'c', 'd'].map(call);
    expect(started).toEqual(['a', 'b']);
    end('b');
    await expect(all[1]).resolves.toBe('b');
    expect(started).toEqual(['a', 'b', 'c']);
    end('a');
    end('c');
    await Promise.all([all[0], all[2]]);
    end('d');
    await expect(all[3]).resolves.toBe('d');
    const [late] = ['e'].map(call);
    end('e');
    await expect(late).resolves.toBe('e');
  });

  it('goes on with the next when one fails by an answer', async () => {
    const { started, call, fail, end } = calls(1);
    const [refused, next] = ['a', 'b'].map(call);
    fail('a', 'no');
    await expect(refused).rejects.toThrow('no');
    end('b');
    await expect(next).resolves.toBe('b');
    expect(started).toEqual(['a', 'b']);
  });

  it('fails all that wait when there is no answer, and begins again', async () => {
    const { started, call, fail, end } = calls(1);
    const all = ['a', 'b', 'c'].map(call);
    fail('a', 'silence');
    expect(await Promise.allSettled(all)).toMatchObject(
      all.map(() => ({ status: 'rejected', reason: { message: 'silence' } })),
    );
    expect(started).toEqual(['a']);
    const again = call('d');
    end('d');
    await expect(again).resolves.toBe('d');
  });
});
