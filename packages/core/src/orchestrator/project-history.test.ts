import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import type { ProjectDay } from '../model/views.ts';
import type { UsageQuery, WorkflowStore } from '../ports/workflow-store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { aBuild, advanceTo } from '../testing/store-contract/harness.ts';
import { createOrchestrator } from './orchestrator.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const JANUARY = { projectId: 'shop', from: '2026-01-01', to: '2026-02-01' };

async function setUp(wrap: (store: WorkflowStore) => WorkflowStore = (store) => store) {
  const clock = createFakeClock(Date.UTC(2026, 0, 10, 12));
  const store = wrap(await createMemoryStore());
  const baton = createOrchestrator({ store, clock });
  const start = async () => (await baton.start(aBuild({ timeoutMs: 30 * DAY }))).workflowId;
  return { clock, baton, store, start };
}

const nothing: ProjectDay = {
  day: '',
  started: 0,
  completed: 0,
  completedDurationMs: 0,
  failures: {},
  cancellations: {},
  retries: {},
  rollbacks: {},
  phases: {},
};

describe('projectHistory', () => {
  it('tells by day what started, how long phases took, what was sent back, failed, cancelled and completed', async () => {
    const { clock, baton, start } = await setUp();
    const [good, bad] = [await start(), await start()];
    clock.advance(HOUR);
    await advanceTo(baton, good, 'planning');
    clock.advance(2 * HOUR);
    await advanceTo(baton, good, 'implementation');
    clock.advance(DAY);
    await advanceTo(baton, good, 'testing');
    await baton.requestRetry({ workflowId: good, reason: 'red' });
    await advanceTo(baton, bad, 'testing');
    const giveUp = { role: 'test_auditor', completedState: 'testing', nextState: 'error' };
    await baton.advance({ workflowId: bad, ...giveUp });
    await baton.requestRetry({ workflowId: bad, reason: 'again' });
    await baton.rollback({ workflowId: bad, targetState: 'discovery', reason: 'anew' });
    await baton.cancel({ workflowId: bad, reason: 'not wanted' });
    clock.advance(2 * DAY);
    await advanceTo(baton, good, 'complete');
    const at = { count: 1, durationMs: 0 };
    expect(await baton.projectHistory(JANUARY)).toEqual([
      {
        ...nothing,
        day: '2026-01-10',
        started: 2,
        phases: {
          discovery: { count: 1, durationMs: HOUR },
          planning: { count: 1, durationMs: 2 * HOUR },
        },
      },
      {
        ...nothing,
        day: '2026-01-11',
        failures: { testing: 1 },
        cancellations: { discovery: 1 },
        retries: { testing: 1, error: 1 },
        rollbacks: { testing: 1 },
        phases: {
          discovery: { count: 1, durationMs: DAY + 3 * HOUR },
          planning: at,
          implementation: { count: 2, durationMs: DAY },
        },
      },
      {
        ...nothing,
        day: '2026-01-13',
        completed: 1,
        completedDurationMs: 3 * DAY + 3 * HOUR,
        phases: {
          implementation: { count: 1, durationMs: 2 * DAY },
          testing: at,
          verification: at,
          deployment: at,
        },
      },
    ]);
  });

  it('is of its span and its project alone, and no role is among what was used', async () => {
    const { clock, baton, start } = await setUp();
    await advanceTo(baton, await start(), 'planning');
    clock.advance(DAY);
    await start();
    const days = async (span: object) =>
      (await baton.projectHistory({ ...JANUARY, ...span })).map(({ day }) => day);
    expect(await days({})).toEqual(['2026-01-10', '2026-01-11']);
    expect(await days({ from: '2026-01-11' })).toEqual(['2026-01-11']);
    expect(await days({ to: '2026-01-11' })).toEqual(['2026-01-10']);
    expect(await days({ projectId: 'other' })).toEqual([]);
    expect((await baton.usage(JANUARY)).rows).toEqual([]);
    expect((await baton.usage({ ...JANUARY, byDay: true })).rows).toEqual([]);
    await expect(baton.projectHistory({ ...JANUARY, to: '2028-01-01' })).rejects.toThrow(
      'the history request is not valid: to: expected a day 1 to 366 days after',
    );
  });

  it('reads on behind a page that is full, and not beyond what happened', async () => {
    const asked: UsageQuery[] = [];
    const { baton } = await setUp((store) => ({
      ...store,
      async readUsage(query) {
        asked.push(query);
        const none = await store.readUsage({ ...query, limit: 1 });
        expect(none).toEqual([]);
        const first = asked.length === 1 ? 0 : 1000;
        return Array.from({ length: first === 0 ? 1000 : 3 }, (_, i) => ({
          ...({ role: first === 0 ? ':failed' : ':started', model: `s${i}` } as const),
          ...{ day: '2026-01-05', attempts: 1, durationMs: 0, requests: 0, inputTokens: 0 },
          ...{ cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0, costNanos: 0 },
          ...{ unpricedRequests: 0, unsettledTokens: 0, unsettledCostNanos: 0 },
        }));
      },
    }));
    const [day] = await baton.projectHistory(JANUARY);
    expect(Object.keys(day?.failures ?? {})).toHaveLength(1000);
    expect(day?.started).toBe(1);
    expect(asked.map(({ after }) => after?.model)).toEqual([undefined, 's999']);
  });
});
