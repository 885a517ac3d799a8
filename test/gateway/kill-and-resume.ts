import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JournaledCall, usageOfCalls } from '@baton/adapters/gateway';
import { createSqliteStore } from '@baton/adapters/sqlite';
import type { PhaseUsage, WorkflowSnapshot } from '@baton/core';
import { addPhaseUsage, NO_PHASE_USAGE } from '@baton/core/internal';
import {
  type Act,
  startFakeProvider,
} from '../../packages/adapters/src/gateway/testing/fake-provider.ts';
import { createUsageJournals } from '../../packages/builds/src/run/usage-journals.ts';
import { createRandom } from '../chaos/random.ts';
import { KILL_POINTS, type KillPlan, type KillPoint } from './kill-plan.ts';

/*
 * The provider outlives the processes that ask it, so its calls are what was really asked and charged. It
 * charges nothing for what it refuses. A seed gives the same plan; which of two calls at the same time comes
 * first still depends on the machine.
 */

/** What became of one build that was killed and went on. */
export interface KilledBuild {
  readonly seed: number;
  readonly kills: readonly KillPoint[];
  /** Calls that the provider saw. */
  readonly calls: number;
  /** Calls whose counts in the ledger are the provider's, to the token. */
  readonly exact: number;
  /** Calls that a kill has cut: all that was set aside for them is counted. */
  readonly cut: number;
  readonly state: string;
  /** What is wrong; empty when the ledger equals the calls and the cap held. */
  readonly faults: readonly string[];
}

type Provider = Awaited<ReturnType<typeof startFakeProvider>>;

/** More processes than any plan needs. */
const MOST_RUNS = 30;
/** Costs are sums of floating-point numbers. */
const ROUNDING = 1e-9;
const ACTS: readonly Act[] = [...Array<Act>(12).fill('answer'), 'refuse', 'drop'];

/**
 * @param script the built `runner-process.ts`.
 * @param mostKills of one build.
 */
export async function killAndResume(
  script: string,
  seed: number,
  mostKills: number,
): Promise<KilledBuild> {
  const random = createRandom(seed);
  const acts = random.fork('acts');
  const provider = await startFakeProvider(() => acts.pick(ACTS));
  const folder = await mkdtemp(join(tmpdir(), 'baton-gateway-kills-'));
  const tokens = random.between(40_000, 200_000);
  const common: Omit<KillPlan, 'seed'> = {
    folder,
    baseUrl: provider.baseUrl,
    budgets: { tokens, ...(random.chance(0.5) && { cost: random.between(200, 1200) / 1000 }) },
    ...(random.chance(0.5) && { reserve: { tokens: random.between(5000, 20_000) } }),
  };
  const kills: KillPoint[] = [];
  const faults: string[] = [];
  let planned = random.between(1, mostKills);
  try {
    for (let run = 0; run < MOST_RUNS; run++) {
      const isKilled = planned-- > 0;
      const plan: KillPlan = {
        ...common,
        seed: random.between(0, 2 ** 31),
        ...(isKilled && {
          kill: { point: random.pick(KILL_POINTS), nth: random.between(1, 6) },
        }),
      };
      if ((await runOnce(script, plan)) && plan.kill !== undefined) kills.push(plan.kill.point);
      const snapshot = await snapshotOf(folder);
      if (snapshot === undefined) continue;
      faults.push(...overspent(snapshot, provider, plan.budgets));
      if (snapshot.state !== 'complete' && snapshot.state !== 'error') continue;
      const ledger = createUsageJournals(folder).calls(snapshot.id, 1) ?? [];
      faults.push(...differences(snapshot, ledger, provider));
      return {
        ...{ seed, kills, calls: provider.calls.length, state: snapshot.state, faults },
        exact: ledger.filter(({ end }) => end?.estimated === false).length,
        cut: ledger.filter(({ end }) => end === undefined).length,
      };
    }
    throw new Error(`seed ${seed}: after ${MOST_RUNS} processes the build has not ended`);
  } finally {
    provider.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the process was killed, and has not ended by itself. */
function runOnce(script: string, plan: KillPlan): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const argv = ['--no-warnings', script, JSON.stringify(plan)];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(true);
      else if (code === 0) resolve(false);
      else reject(new Error(`the process ended with ${signal ?? code}: ${JSON.stringify(plan)}`));
    });
  });
}

async function snapshotOf(folder: string): Promise<WorkflowSnapshot | undefined> {
  const store = await createSqliteStore({ path: join(folder, 'baton.db') });
  try {
    return (await store.listWorkflows({ limit: 1 }))[0];
  } finally {
    await store.close();
  }
}

/** What the build stands at: settled, and set aside for a process that has died. */
function standing({ usage, claim }: WorkflowSnapshot) {
  const all = Object.values(usage).reduce(addPhaseUsage, NO_PHASE_USAGE);
  return {
    all,
    tokens: tokensOf(all) + all.unsettledTokens + (claim?.reserved?.tokens ?? 0),
    cost: all.cost + all.unsettledCost + (claim?.reserved?.cost ?? 0),
  };
}

function tokensOf(used: Pick<PhaseUsage, 'inputTokens' | 'outputTokens'>): number {
  return used.inputTokens + used.outputTokens;
}

function charged(provider: Provider): number {
  return provider.calls
    .filter(({ act }) => act !== 'refuse')
    .reduce((sum, { input, output }) => sum + input + output, 0);
}

/** What is charged is covered by what is settled and set aside, and that by the cap. */
function overspent(
  snapshot: WorkflowSnapshot,
  provider: Provider,
  { tokens, cost = Number.POSITIVE_INFINITY }: KillPlan['budgets'],
): string[] {
  const stands = standing(snapshot);
  const spent = charged(provider);
  return [
    stands.tokens > tokens && `${stands.tokens} of ${tokens} tokens are settled or set aside`,
    stands.cost > cost + ROUNDING && `${stands.cost} of ${cost} in cost are settled or set aside`,
    spent > stands.tokens && `${spent} tokens are charged, ${stands.tokens} settled or set aside`,
  ].filter((fault) => fault !== false);
}

/** In what the ledger differs from what the provider saw, and the build's usage from the ledger. */
function differences(
  snapshot: WorkflowSnapshot,
  ledger: readonly JournaledCall[],
  { calls }: Provider,
): string[] {
  const faults: string[] = [];
  const unseen = new Map(calls.map((call, index) => [String(index), call] as const));
  for (const { end } of ledger) {
    if (end?.requestId === undefined) continue;
    const call = unseen.get(end.requestId);
    if (!unseen.delete(end.requestId) || call === undefined) {
      faults.push(`call ${end.requestId} is in the ledger twice, or never was`);
      continue;
    }
    const isRefused = call.act === 'refuse';
    const [input, output] = isRefused ? [0, 0] : [call.input, call.output];
    const { inputTokens, outputTokens } = end.usage;
    if (!end.estimated && (inputTokens !== input || outputTokens !== output)) {
      faults.push(
        `call ${end.requestId} is ${inputTokens}/${outputTokens} in the ledger, was ${input}/${output}`,
      );
    }
    if (call.act === 'answer' && end.estimated) {
      faults.push(`call ${end.requestId} is marked as estimated, though it was answered`);
    }
  }
  // Of the others no answer was heard: each has an entry by what was set aside, or by an estimate.
  const unheard = ledger.filter(({ end }) => end?.requestId === undefined);
  if (unseen.size > unheard.length) {
    faults.push(`${unseen.size} calls have ${unheard.length} entries`);
  }
  for (const { end } of unheard) {
    if (end !== undefined && !end.estimated) faults.push('an entry without an answer is exact');
  }
  const { all } = standing(snapshot);
  const sum = usageOfCalls(ledger);
  for (const name of ['requests', 'inputTokens', 'outputTokens'] as const) {
    if (all[name] === sum[name]) continue;
    faults.push(`the build has used ${all[name]} ${name}, its ledger has ${sum[name]}`);
  }
  if (Math.abs(all.cost - sum.cost) > ROUNDING) {
    faults.push(`the build has cost ${all.cost}, its ledger has ${sum.cost}`);
  }
  if (all.unsettledTokens > 0) faults.push(`${all.unsettledTokens} tokens are not settled`);
  return faults;
}
