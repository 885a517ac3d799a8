// Carries one build on a SQLite file on, with roles that spend, until it is in `error` or complete.
// argv: a SpendingPlan as JSON. Prints a line when it is ready, and one for each charge.
import { fsyncSync, openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createSqliteStore } from '@baton/adapters/sqlite';
import {
  type Assignment,
  BatonError,
  createOrchestrator,
  createRunner,
  type Outcome,
  type RoleContext,
} from '@baton/core';
import { NO_USAGE } from '@baton/core/internal';
import { createScriptedRole, passingOutputs } from '@baton/core/testing';
import { createRandom } from '../chaos/random.ts';
import { clockAhead } from './clock-ahead.ts';
import { amountOf, LARGEST_CALL, MOST_CALLS, type SpendingPlan, unitsOf } from './spending-plan.ts';

const plan = JSON.parse(process.argv[2] ?? '') as SpendingPlan;
const { measure, reserve } = plan;
const random = createRandom(plan.seed);
const log = openSync(plan.log, 'a');

/** What the provider charges is charged, whether or not this process lives to hear of it. */
function charge(units: number): void {
  writeSync(log, `${units}\n`);
  fsyncSync(log);
  writeSync(1, 'charged\n');
}

/** Calls a model a few times, each time only if what is left covers the whole call. */
async function spend({ allowance }: Assignment, { usage }: RoleContext): Promise<void> {
  let left = unitsOf(measure, allowance);
  for (let calls = random.between(1, MOST_CALLS); calls > 0; calls--) {
    const most = random.between(LARGEST_CALL / 2, LARGEST_CALL);
    if (left < most) {
      throw new BatonError('budget_spent', `${left} left of ${most}`, { retryable: false });
    }
    const units = random.chance(0.8) ? most : random.between(1, most);
    await pause(random.between(0, 3));
    charge(units);
    await pause(random.between(0, 3));
    left -= units;
    usage({
      ...NO_USAGE,
      requests: 1,
      inputTokens: measure === 'tokens' ? units : 1,
      cost: amountOf(measure, units).cost ?? 0,
    });
  }
}

async function perform(assignment: Assignment, context: RoleContext): Promise<Outcome> {
  await spend(assignment, context);
  const state = assignment.state as keyof typeof passingOutputs;
  if (random.chance(0.25)) throw new BatonError('unavailable', 'overloaded', { retryable: true });
  if (state === 'testing' && random.chance(0.3)) return { kind: 'request_retry', reason: 'red' };
  return { kind: 'advance', result: { ...passingOutputs[state] } };
}

const roles = [
  'q_assistant',
  'code_writer',
  'test_auditor',
  'verification_overseer',
  'release_manager',
].map((role) => ({
  ...createScriptedRole(role, perform),
  ...(reserve !== undefined && { reserve: amountOf(measure, reserve) }),
}));

const clock = clockAhead(plan.aheadMs);
const store = await createSqliteStore({ path: plan.path });
const baton = createOrchestrator({ store, clock, maxAttempts: 1000, maxRetries: 1000 });
const { workflowId } = await baton.start({
  projectId: 'p',
  buildId: 'b',
  userId: 'u',
  requirements: {},
  timeoutMs: 86_400_000,
  budgets: amountOf(measure, plan.cap),
  requestId: 'the-build',
});
const backoff = { initialMs: 1, maxMs: 2 };
const runner = createRunner({ source: baton, roles, clock, backoff });
writeSync(1, 'ready\n');
const run = runner.run();
while (!['error', 'complete'].includes((await baton.status({ workflowId })).state)) await pause(2);
await runner.stop();
await run;
await store.close();
