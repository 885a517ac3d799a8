import { describe, expect, it } from 'vitest';
import { createMemoryDispatcher } from '../memory/memory-dispatcher.ts';
import { createMemoryStore } from '../memory/memory-store.ts';
import type { Progress } from '../model/progress.ts';
import type { WatchRequest } from '../model/requests.ts';
import type { WorkflowEvent } from '../model/trail.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { aBuild, advanceTo } from '../testing/store-contract/harness.ts';
import { createOrchestrator } from './orchestrator.ts';
import { discovery, setUp } from './testing/set-up.ts';

describe('watching', () => {
  it('hears what the holder of the claim says, and no other worker', async () => {
    const { baton } = await setUp();
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
      leaseMs: 3_600_000,
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
    const { baton } = await setUp();
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

  it('reads few events at a time where they are large', async () => {
    const { baton, store } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const note = { code: 'n', message: 'x'.repeat(20_000) };
    await baton.advance({
      workflowId,
      ...discovery,
      notes: Array.from({ length: 100 }, () => note),
    });
    let read = 0;
    const counting: WorkflowStore = {
      ...store,
      async readEvents(query) {
        const found = await store.readEvents(query);
        read += found.length;
        return found;
      },
    };
    const { baton: watched } = await setUp({ store: counting });
    let seen = 0;
    for await (const _ of watched.watch({ workflowId, follow: false })) seen += 1;
    expect(seen).toBeGreaterThan(100);
    expect(read).toBeLessThan(4 * seen);
  });

  it('goes on after the number it was given, and ends at complete', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    await advanceTo(baton, workflowId, 'handoff_to_coder');
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
    const { baton } = await setUp();
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
    const { baton } = await setUp();
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

describe('a store that has lost events', () => {
  /** A watcher of a workflow with three events, of which the store gives out what `show` leaves. */
  async function setUpLossy() {
    const truth = await createMemoryStore();
    let show = (events: readonly WorkflowEvent[]): readonly WorkflowEvent[] => events;
    const store: WorkflowStore = {
      ...truth,
      readEvents: async (query) => show(await truth.readEvents(query)),
    };
    const { baton, clock } = await setUp({ store });
    const { workflowId } = await baton.start(aBuild());
    await advanceTo(baton, workflowId, 'handoff_to_coder');
    const seen: number[] = [];
    return {
      clock,
      seen,
      baton,
      workflowId,
      lose: (which: (event: WorkflowEvent) => boolean) => {
        show = (events) => events.filter((event) => !which(event));
      },
      alter: (change: (event: WorkflowEvent) => WorkflowEvent) => {
        show = (events) => events.map(change);
      },
      async watch(request: Omit<WatchRequest, 'workflowId'> = {}, signal?: AbortSignal) {
        for await (const { sequence } of baton.watch({ workflowId, ...request }, signal)) {
          seen.push(sequence);
        }
      },
    };
  }
  const dataLoss = (workflowId: string, message: RegExp) => ({
    code: 'data_loss',
    message: expect.stringMatching(message),
    metadata: { workflowId },
  });

  it.each([
    ['in the middle', 2, [], /: events: found number 3, expected 2$/],
    ['at the beginning', 1, [], /: events: found number 2, expected 1$/],
    ['at the end', 3, [], /: found 2 events, expected 3$/],
  ])('is said to have one %s, and nothing is read past it', async (_, gone, seen, message) => {
    const lossy = await setUpLossy();
    lossy.lose(({ sequence }) => sequence === gone);
    for (const follow of [true, false]) {
      const watching = lossy.watch({ follow });
      await expect(watching).rejects.toMatchObject(dataLoss(lossy.workflowId, message));
    }
    expect(lossy.seen).toEqual(seen);
  });

  it('is not read on after an event that it does not have', async () => {
    const { watch, seen } = await setUpLossy();
    const description = expect.stringContaining(
      'there is no event 4, after which to read on, among 3 events: either there never was, or the store has lost',
    );
    for (const follow of [true, false]) {
      await expect(watch({ afterSequence: 4, follow })).rejects.toMatchObject({
        code: 'invalid_input',
        violations: [{ field: 'afterSequence', description }],
      });
    }
    await watch({ afterSequence: 3, follow: false });
    expect(seen).toEqual([]);
  });

  it.each<[string, (lossy: Awaited<ReturnType<typeof setUpLossy>>) => void, RegExp]>([
    [
      'that is gone',
      ({ lose }) => lose(({ sequence }) => sequence > 2),
      /: there is no event 3, after which/,
    ],
    [
      'under whose number there is another one',
      ({ alter }) => alter((event) => ({ ...event, at: event.at + 1 })),
      /: event 3 is not the one that was read before under this number: the store has lost/,
    ],
  ])('is not read on after an event that was read before %s', async (_, happen, message) => {
    const lossy = await setUpLossy();
    const watching = lossy.watch();
    watching.catch(() => {});
    await expect.poll(() => lossy.seen).toEqual([1, 2, 3]);
    happen(lossy);
    // A watcher that has nothing to read looks at no events; once there is one, it looks at what it had.
    const { workflowId } = lossy;
    const taken = { role: 'code_writer', completedState: 'handoff_to_coder' };
    await lossy.baton.advance({ workflowId, ...taken });
    await expect(watching).rejects.toMatchObject(dataLoss(lossy.workflowId, message));
    expect(lossy.seen).toEqual([1, 2, 3]);
  });

  it('is not taken for complete because it was, by what this process remembers', async () => {
    const truth = await createMemoryStore();
    let hasGoneBack = false;
    const { baton } = await setUp({
      store: {
        ...truth,
        async load(...query) {
          const loaded = await truth.load(...query);
          if (loaded === undefined || !hasGoneBack) return loaded;
          const { completedAt, ...snapshot } = loaded.snapshot;
          const before = { ...snapshot, completedAt: undefined, revision: snapshot.revision - 1 };
          return { ...loaded, snapshot: before };
        },
      },
    });
    const { workflowId } = await baton.start(aBuild());
    await advanceTo(baton, workflowId, 'complete');
    hasGoneBack = true;
    const stop = new AbortController();
    let ended = false;
    const watching = (async () => {
      for await (const _ of baton.watch({ workflowId, afterSequence: 11 }, stop.signal));
      ended = true;
    })();
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    stop.abort();
    await watching;
  });
});

it('ends past the last event of a workflow that this process takes for a later one', async () => {
  const truth = await createMemoryStore();
  let later = true;
  const { baton } = await setUp({
    store: {
      ...truth,
      async load(...query) {
        const loaded = await truth.load(...query);
        if (loaded === undefined || !later) return loaded;
        const { completedAt, ...snapshot } = loaded.snapshot;
        const lost = { ...snapshot, completedAt: undefined, revision: snapshot.revision + 5 };
        return { ...loaded, snapshot: lost };
      },
    },
  });
  const { baton: elsewhere } = await setUp({ store: truth });
  const { workflowId } = await elsewhere.start(aBuild());
  await advanceTo(elsewhere, workflowId, 'complete');
  await baton.status({ workflowId });
  later = false;
  const seen: number[] = [];
  for await (const { sequence } of baton.watch({ workflowId, afterSequence: 11 })) {
    seen.push(sequence);
  }
  expect(seen).toEqual([]);
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
    const { baton } = await setUp({
      listeners: [listener],
      onHintError: (error) => errors.push(error),
    });
    const { workflowId } = await baton.start(aBuild());
    await baton.advance({ workflowId, ...discovery });
    expect(heard).toEqual(['discovery', 'planning']);
    expect(errors).toHaveLength(2);
  });
});

describe('watchers that have nothing to read', () => {
  it('cost one query for a thousand of them, and none where hints tell', async () => {
    const memory = await createMemoryStore();
    const queries = { events: 0, sequences: 0 };
    const store: WorkflowStore = {
      ...memory,
      readEvents(query) {
        queries.events++;
        return memory.readEvents(query);
      },
      readSequences(ids) {
        queries.sequences++;
        return memory.readSequences(ids);
      },
    };
    const clock = createFakeClock();
    const dispatcher = createMemoryDispatcher();
    const baton = createOrchestrator({ store, clock, dispatcher, watchPollMs: 500 });
    const elsewhere = createOrchestrator({ store: memory, clock, dispatcher });
    const leaving = new AbortController();
    const seen = new Map<string, number>();
    const ended: Promise<void>[] = [];
    const ids: string[] = [];
    for (let i = 0; i < 2000; i++) {
      const { workflowId } = await baton.start(aBuild());
      ids.push(workflowId);
      const watching = async (): Promise<void> => {
        for await (const { sequence } of baton.watch({ workflowId }, leaving.signal)) {
          seen.set(workflowId, sequence);
        }
      };
      ended.push(watching());
    }
    await expect.poll(() => seen.size).toBe(2000);
    Object.assign(queries, { events: 0, sequences: 0 });
    for (let tick = 0; tick < 3; tick++) {
      clock.advance(500);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(queries).toEqual({ events: 0, sequences: 6 });
    // A hint of another process wakes the one that it is for.
    const [first = '', second = ''] = ids;
    await elsewhere.advance({ ...discovery, workflowId: first });
    await expect.poll(() => seen.get(first)).toBe(2);
    expect(queries.events).toBe(1);
    // What no hint told of is found by the next look.
    const silent = createOrchestrator({ store: memory, clock });
    await silent.advance({ ...discovery, workflowId: second });
    clock.advance(500);
    await expect.poll(() => seen.get(second)).toBe(2);
    leaving.abort();
    await Promise.all(ended);
  });

  it('wait while the store is away, and go on when it is back', async () => {
    const memory = await createMemoryStore();
    let isAway = false;
    const store: WorkflowStore = {
      ...memory,
      async readSequences(ids) {
        if (isAway) throw new Error('no connection');
        return memory.readSequences(ids);
      },
    };
    const baton = createOrchestrator({ store, watchPollMs: 5 });
    const { workflowId } = await baton.start(aBuild());
    const leaving = new AbortController();
    const seen: number[] = [];
    const ended = (async () => {
      for await (const { sequence } of baton.watch({ workflowId }, leaving.signal)) {
        seen.push(sequence);
      }
    })();
    await expect.poll(() => seen).toEqual([1]);
    isAway = true;
    await new Promise((resolve) => setTimeout(resolve, 50));
    await createOrchestrator({ store: memory }).advance({ ...discovery, workflowId });
    isAway = false;
    await expect.poll(() => seen).toEqual([1, 2]);
    leaving.abort();
    await ended;
  });
});
