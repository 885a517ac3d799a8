import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { createOrchestrator, type PhaseUsage, type WorkflowSnapshot } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { builtScript } from '../../scripts/built.ts';
import { createRandom } from '../chaos/random.ts';
import { clockAhead } from './clock-ahead.ts';
import {
  amountOf,
  LARGEST_CALL,
  type Measure,
  MOST_CALLS,
  type SpendingPlan,
  unitsOf,
} from './spending-plan.ts';

/*
 * The log of charges is what was really spent: it is written and synced by each pretended model
 * call, and no kill takes anything out of it. A seed gives the same plan and the same moments to
 * kill at; where a process is at that moment still depends on the machine.
 */

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const SEEDS = [seed, seed + 1, seed + 2];
const script = await builtScript('test/crash/spending-process.ts');
const WHOLE_ATTEMPT = MOST_CALLS * LARGEST_CALL;
const RAISES = 1;
/** More processes than any plan needs. */
const MOST_RUNS = 100;

interface Moment {
  /** How many charges are awaited; 0: until the process is ready. */
  readonly charges: number;
  readonly thenMs: number;
}

/** Kills the process at that moment, unless it has ended by itself: whether it was killed. */
function runAndKill(plan: SpendingPlan, { charges, thenMs }: Moment): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const argv = ['--no-warnings', script, JSON.stringify(plan)];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    let lines = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const before = lines;
      lines += text.split('\n').length - 1;
      if (before <= charges && lines > charges) {
        void pause(thenMs).then(() => child.kill('SIGKILL'));
      }
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(true);
      else if (code === 0) resolve(false);
      else reject(new Error(`the process ended with ${signal ?? code}`));
    });
  });
}

function charged(log: string): number {
  if (!existsSync(log)) return 0;
  return readFileSync(log, 'utf8')
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0);
}

/** What counts against the caps by now. */
function counted(measure: Measure, usage: Readonly<Record<string, PhaseUsage>>): number {
  return Object.values(usage).reduce((sum, one) => {
    const tokens = one.inputTokens + one.outputTokens + one.unsettledTokens;
    return sum + unitsOf(measure, { tokens, cost: one.cost + one.unsettledCost });
  }, 0);
}

async function snapshotOf(path: string): Promise<WorkflowSnapshot> {
  const store = await createSqliteStore({ path });
  try {
    const [workflow] = await store.listWorkflows({ limit: 10 });
    if (workflow === undefined) throw new Error('no workflow was started');
    return workflow;
  } finally {
    await store.close();
  }
}

/** A person raises the cap; what `status` shows before must cover what was charged. */
async function raise(plan: SpendingPlan, workflowId: string, cap: number): Promise<void> {
  const { path, measure, aheadMs, log } = plan;
  const store = await createSqliteStore({ path });
  try {
    const baton = createOrchestrator({ store, clock: clockAhead(aheadMs) });
    const { usage, state } = await baton.status({ workflowId });
    expect(state).toBe('error');
    expect(counted(measure, usage)).toBeGreaterThanOrEqual(charged(log));
    const budgets = amountOf(measure, cap);
    const reply = await baton.requestRetry({ workflowId, reason: 'go on', budgets });
    expect(reply.state).not.toBe('error');
  } finally {
    await store.close();
  }
}

interface Tally {
  readonly killed: number;
  readonly raised: number;
  readonly unsettled: number;
}

/** Kills and resumes one build until it is complete or has used up its cap and all raised ones. */
async function killAndResume(folder: string, measure: Measure, of: number): Promise<Tally> {
  const random = createRandom(of).fork(measure);
  const path = join(folder, 'store.db');
  const log = join(folder, 'charges.log');
  const firstCap = random.between(200, 300);
  const reserve = random.pick([undefined, WHOLE_ATTEMPT - 20, WHOLE_ATTEMPT]);
  const common = { path, log, measure, cap: firstCap, ...(reserve !== undefined && { reserve }) };
  let cap = firstCap;
  let killed = 0;
  let raised = 0;
  let justRaised = false;
  for (let nth = 0; nth < MOST_RUNS; nth++) {
    // A minute on each time: the claim of the process that died has expired.
    const plan = { ...common, aheadMs: nth * 60_000, seed: random.between(0, 2 ** 31) };
    const before = charged(log);
    const charges = random.between(justRaised ? 1 : 0, 4);
    if (await runAndKill(plan, { charges, thenMs: random.between(0, 10) })) killed++;
    const spent = charged(log);
    expect(spent, `charged, with seed ${of}`).toBeLessThanOrEqual(cap);
    if (justRaised) expect(spent).toBeGreaterThan(before);
    justRaised = false;
    const { id, state, usage, claim, failure } = await snapshotOf(path);
    // What is set aside for a process that has just died is not settled before the next claim.
    const setAside = unitsOf(measure, claim?.reserved);
    expect(counted(measure, usage) + setAside).toBeGreaterThanOrEqual(spent);
    expect(counted(measure, usage) + setAside).toBeLessThanOrEqual(cap);
    if (state === 'error') expect(failure).toMatchObject({ code: 'budget_spent' });
    if (state === 'complete' || (state === 'error' && raised === RAISES)) {
      const lost = Object.values(usage).map((one) =>
        unitsOf(measure, { tokens: one.unsettledTokens, cost: one.unsettledCost }),
      );
      return { killed, raised, unsettled: lost.reduce((a, b) => a + b, 0) };
    }
    if (state !== 'error') continue;
    cap += random.between(WHOLE_ATTEMPT, 2 * WHOLE_ATTEMPT);
    raised++;
    await raise(plan, id, cap);
    justRaised = true;
  }
  throw new Error(`after ${MOST_RUNS} processes the build has not ended`);
}

describe.each<Measure>(['tokens', 'cost'])('a cap on %s', (measure) => {
  it(`is never overspent by processes that are killed, nor when raised (SEED=${seed})`, async () => {
    const ends = await Promise.allSettled(
      SEEDS.map(async (of) => {
        const folder = await mkdtemp(join(tmpdir(), 'baton-budget-crash-'));
        try {
          return await killAndResume(folder, measure, of);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      }),
    );
    const tallies = ends.map((end) => {
      if (end.status === 'rejected') throw end.reason;
      return end.value;
    });
    // Otherwise no kill has hit an attempt, and nothing was shown.
    const sum = (key: keyof Tally): number => tallies.reduce((all, one) => all + one[key], 0);
    expect(sum('killed')).toBeGreaterThan(0);
    expect(sum('unsettled')).toBeGreaterThan(0);
    expect(sum('raised')).toBeGreaterThan(0);
  });
});
