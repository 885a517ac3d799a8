import { describe, expect, it } from 'vitest';
import type { Progress } from '../model/progress.ts';
import { aBuild, advanceTo } from '../testing/store-contract/harness.ts';
import { discovery, setUp } from './testing/set-up.ts';

describe('watching', () => {
  it('hears what the holder of the claim says, and nobody else', async () => {
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const heard: string[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      const onProgress = ({ state, role, attempt, message }: Progress) =>
        heard.push(`${state} ${role} ${attempt}: ${message}`);
      for await (const _ of baton.watch({ workflowId }, stop.signal, onProgress));
    })();
    const { claim } = await baton.claim({
      workflowId,
      worker: 'w',
      roles: ['q_assistant'],
      leaseMs: 5000,
    });
    const report = async () => {
      await baton.reportProgress({ workflowId, claimToken: claim.token, messages: ['reading'] });
      return heard;
    };
    await expect.poll(report).toContain('discovery q_assistant 1: reading');
    await expect(
      baton.reportProgress({ workflowId, claimToken: 'guessed', messages: ['lies'] }),
    ).rejects.toMatchObject({ code: 'stale_claim' });
    stop.abort();
    await watching;
    expect(heard.join()).not.toContain('lies');
  });

  it('delivers large events one after another, and none twice', async () => {
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const reason = 'r'.repeat(60_000);
    for (let i = 0; i < 3; i++) {
      await baton.rollback({ workflowId, targetState: 'discovery', reason });
    }
    const seen: number[] = [];
    for await (const { sequence } of baton.watch({ workflowId, follow: false }))
      seen.push(sequence);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('goes on after the number it was given, and ends at complete', async () => {
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const seen: number[] = [];
    const watching = (async () => {
      for await (const event of baton.watch({ workflowId, afterSequence: 3 }))
        seen.push(event.sequence);
    })();
    await advanceTo(baton, workflowId, 'complete');
    await watching;
    expect(seen).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('does not end in error, and ends when it is aborted', async () => {
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const stop = new AbortController();
    const types: string[] = [];
    const watching = (async () => {
      for await (const { type } of baton.watch({ workflowId }, stop.signal)) types.push(type);
    })();
    await baton.advance({ workflowId, ...discovery, nextState: 'error' });
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'r' });
    await expect.poll(() => types).toHaveLength(3);
    stop.abort();
    await watching;
    expect(types).toEqual(['workflow_started', 'workflow_failed', 'workflow_recovered']);
  });

  it('ends at once past the last event of a complete workflow, and when asked not to follow', async () => {
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const count = async (request: object): Promise<number> => {
      let events = 0;
      for await (const _ of baton.watch({ workflowId, ...request })) events++;
      return events;
    };
    expect(await count({ follow: false })).toBe(1);
    await advanceTo(baton, workflowId, 'complete');
    expect(await count({ afterSequence: 11 })).toBe(0);
  });
});

describe('hints', () => {
  it('reach listeners after the commit, and a listener that throws changes nothing', async () => {
    const heard: string[] = [];
    const errors: unknown[] = [];
    const listener = {
      onCommitted: (snapshot: { state: string }) => {
        heard.push(snapshot.state);
        throw new Error('listener');
      },
    };
    const { baton } = setUp({ listeners: [listener], onHintError: (error) => errors.push(error) });
    const { workflowId } = await baton.start(aBuild());
    await baton.advance({ workflowId, ...discovery });
    expect(heard).toEqual(['discovery', 'planning']);
    expect(errors).toHaveLength(2);
  });
});
