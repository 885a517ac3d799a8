import { setTimeout as sleep } from 'node:timers/promises';
import { createOrchestrator, type WorkHint } from '@baton/core';
import { describeDispatcherContract } from '@baton/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { postgresMissing } from '../testing/private-postgres.ts';
import { fromPayload, toPayloads } from './listen.ts';
import { createPostgresDispatcher, type PostgresDispatcher } from './postgres-dispatcher.ts';
import { usePostgres } from './testing/use-postgres.ts';

const hint = (n: number): WorkHint => ({ workflowId: `wf_${n}`, role: 'code_writer' });

describe('the payloads of hints', () => {
  it('fit into notifications, and bring every hint', () => {
    const hints = Array.from({ length: 500 }, (_, i) => hint(i));
    hints.push({ workflowId: 'ä'.repeat(256), role: '"\\'.repeat(128) });
    const payloads = toPayloads('me', hints);
    for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8000);
    expect(payloads.length).toBeLessThan(5);
    expect(payloads.flatMap((payload) => fromPayload(payload)?.hints)).toEqual(hints);
    expect(fromPayload('hello')).toBeUndefined();
  });
});

describe.skipIf(postgresMissing())('the PostgreSQL dispatcher', () => {
  const { server, open, aSchema } = usePostgres();

  let channels = 0;
  describeDispatcherContract('the PostgreSQL dispatcher', async () => {
    const channel = `contract_${channels++}`;
    const another = () => createPostgresDispatcher({ connection: server().url, channel });
    const all = [await another()];
    return {
      dispatcher: all[0] as PostgresDispatcher,
      async another() {
        const one = await another();
        all.push(one);
        return one;
      },
      destroy: async () => void (await Promise.all(all.map((one) => one.close()))),
    };
  });

  /** A listening dispatcher and the hints that it received. */
  async function aListener(options: object = {}) {
    const connection = server().url;
    const dispatcher = await createPostgresDispatcher({ connection, reconnectMs: 20, ...options });
    const heard: WorkHint[] = [];
    dispatcher.subscribe((one) => heard.push(one));
    return { dispatcher, heard };
  }

  /** Hints may be lost: announces until one arrives. */
  async function reaches(from: { announce(hint: WorkHint): void }, heard: WorkHint[], n: number) {
    const announce = () => {
      from.announce(hint(n));
      return heard;
    };
    await expect.poll(announce, { interval: 20 }).toContainEqual(hint(n));
  }

  it('tells other processes, and its own at once and only once', async () => {
    const a = await aListener();
    const b = await aListener();
    await reaches(a.dispatcher, b.heard, 1);
    await reaches(b.dispatcher, a.heard, 2);
    const burst = Array.from({ length: 50 }, (_, i) => hint(i + 10));
    for (const one of burst) a.dispatcher.announce(one);
    const heardBy = ({ heard }: { heard: WorkHint[] }) =>
      heard.filter((one) => burst.some(({ workflowId }) => workflowId === one.workflowId));
    expect(heardBy(a)).toEqual(burst);
    await expect.poll(() => heardBy(b)).toEqual(burst);
    await sleep(50);
    expect(heardBy(a)).toEqual(burst);
    await a.dispatcher.close();
    await b.dispatcher.close();
  });

  it('keeps channels apart', async () => {
    const a = await aListener({ channel: 'one' });
    const b = await aListener({ channel: 'two "quoted"' });
    const c = await aListener({ channel: 'two "quoted"' });
    await reaches(b.dispatcher, c.heard, 1);
    expect(a.heard).toEqual([]);
    for (const { dispatcher } of [a, b, c]) await dispatcher.close();
  });

  it('listens again when its connection was lost', async () => {
    const a = await aListener();
    const b = await aListener();
    await reaches(a.dispatcher, b.heard, 1);
    await server().kill();
    a.dispatcher.announce(hint(2));
    await server().start();
    await reaches(a.dispatcher, b.heard, 3);
    await a.dispatcher.close();
    await b.dispatcher.close();
  });

  it('breaks no commit when it has no database', async () => {
    const store = await open(aSchema());
    const onError = vi.fn();
    const connection = server().url.replace(/:\d+\//, ':1/');
    const { dispatcher, heard } = await aListener({ connection, onError });
    const baton = createOrchestrator({ store, dispatcher });
    const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
    const { workflowId } = await baton.start(build);
    expect(heard).toMatchObject([{ workflowId, role: 'q_assistant' }]);
    await expect.poll(() => onError).toHaveBeenCalled();
    await dispatcher.close();
    dispatcher.announce(hint(1));
  });
});
