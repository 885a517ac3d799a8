import type { WorkflowEvent } from '../../model/trail.ts';
import { NO_USAGE } from '../../model/usage.ts';
import {
  addCounters,
  NO_USAGE_COUNTERS,
  type UsageCounters,
  type UsageGroup,
  usageOf,
} from '../../model/usage-counters.ts';
import type { Orchestrator } from '../../orchestrator/operations.ts';
import type { WorkflowStore } from '../../ports/workflow-store.ts';
import { passingOutputs } from '../build-outputs.ts';
import type { FakeClock } from '../fake-clock.ts';
import { aBuild } from './harness.ts';

const HOUR = 3_600_000;

/** Repeats a sequence of numbers from 0 to 1, by its seed. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Moves a build on by chance: attempts that use something, fail, are lost and are told of late. */
export async function drive(
  baton: Orchestrator,
  clock: FakeClock,
  random: () => number,
): Promise<string> {
  const { workflowId } = await baton.start(
    aBuild({ maxRetries: 1000, timeoutMs: 300 * 24 * HOUR, budgets: { tokens: 10 ** 9 } }),
  );
  const claims: string[] = [];
  for (let step = 0; step < 60; step++) {
    clock.advance(Math.floor(random() * 9 * HOUR));
    const { state, role = '', claim: held } = await baton.status({ workflowId });
    const usage = {
      ...NO_USAGE,
      requests: Math.floor(random() * 9),
      inputTokens: Math.floor(random() * 9999),
      cost: random() / 3,
    };
    const result = passingOutputs[state as keyof typeof passingOutputs];
    const act = random();
    const claimToken = claims.at(-1);
    const tried = (async () => {
      if (state === 'error' || state === 'complete') {
        await baton.requestRetry({ workflowId, reason: 'again' });
      } else if (act < 0.3) {
        const models = random() < 0.5 ? [`m${Math.floor(random() * 3)}`] : [];
        const principal = { models, modelFamilies: [] };
        const claim = {
          workflowId,
          worker: 'w',
          roles: [role],
          leaseMs: HOUR,
          principal,
          reserve: { tokens: 1000 },
        };
        claims.push((await baton.claim(claim)).claim.token);
      } else if (act < 0.8) {
        const under = held === undefined ? {} : { claimToken };
        const advance = { workflowId, role, completedState: state, usage, ...under };
        await baton.advance({ ...advance, ...(result !== undefined && { result }) });
      } else if (act < 0.97 && claimToken !== undefined) {
        const failure = { code: 'unavailable', message: 'x', retryable: true, retryAfterMs: 0 };
        const token = claims[Math.floor(random() * claims.length)] ?? '';
        await baton.failAttempt({ workflowId, claimToken: token, usage, ...failure } as never);
      } else if (act > 0.99) {
        await baton.cancel({ workflowId, reason: 'enough' });
      } else {
        await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again' });
      }
    })();
    // What is refused for where the workflow stands is part of the chance.
    await tried.catch(() => undefined);
  }
  return workflowId;
}

export async function eventsOf(
  store: WorkflowStore,
  workflowId: string,
): Promise<readonly WorkflowEvent[]> {
  return store.readEvents({ workflowId, after: 0, limit: 1000 });
}

/** The same from events, counted one by one. */
export function counted(
  events: readonly WorkflowEvent[],
  from = '2026-01-01',
  to = '2027-01-01',
): readonly (UsageGroup & UsageCounters)[] {
  const sums = new Map<string, UsageCounters>();
  for (const event of events) {
    for (const { day, role, model, ...counters } of usageOf([event])) {
      if (day < from || day >= to) continue;
      const key = JSON.stringify([role, model]);
      sums.set(key, addCounters(sums.get(key) ?? NO_USAGE_COUNTERS, counters));
    }
  }
  return [...sums].map(([key, counters]) => {
    const [role, model] = JSON.parse(key);
    return { role, model, ...counters };
  });
}
