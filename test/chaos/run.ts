import { setTimeout as sleep } from 'node:timers/promises';
import { type Audit, auditWorkflow, sumUp } from './audit.ts';
import type { Seat } from './client.ts';
import { PROJECT, STARTED_AT, seatsOver, startWorkflow } from './fleet.ts';
import { checkCalls, createHistory, type History } from './history.ts';
import { perform } from './perform.ts';
import { type FaultKind, makePlan, type Round } from './plan.ts';
import { createRandom, type Random } from './random.ts';
import { recount } from './recount.ts';
import { forgottenOutOfTurn, type Setback } from './setbacks.ts';
import type { Site } from './sites/site.ts';
import { tick } from './tick.ts';

export interface Report {
  readonly workflows: number;
  readonly calls: number;
  readonly struck: Readonly<Record<FaultKind, number>>;
  readonly audit: Audit;
  /** Inexplicable results, one entry for each workflow that has any. */
  readonly unexplained: readonly string[];
}

export interface RunOptions {
  readonly site: Site;
  readonly seed: number;
  readonly kills: number;
  /** Hears of each round that has ended. */
  readonly onRound?: (done: number, of: number) => void;
}

const WORKFLOWS_A_ROUND = 6;
/** Answers after the last fault of a round. */
const AFTERMATH = 40;
/** Nothing answered for so long: nothing will be. */
const PATIENCE_MS = 300_000;

/** Breaks what can be broken while clients work, and compares what they saw with what is there. */
export async function run({ site, seed, kills, onRound }: RunOptions): Promise<Report> {
  const random = createRandom(seed);
  const rounds = makePlan(random.fork('plan'), kills, site.faults);
  const history = createHistory();
  const workflows: string[] = [];
  const unexplained: string[] = [];
  const setbacks = new Map<string, readonly Setback[]>();
  for (const round of rounds) {
    const setBackBefore = site.setbacks?.length ?? 0;
    const begun = await runRound(site, round, random.fork(`round ${round.number}`), history);
    const setBack = site.setbacks?.slice(setBackBefore) ?? [];
    for (const id of begun) {
      setbacks.set(id, setBack);
      const verdict = checkCalls(history.calls(id), STARTED_AT, setBack);
      if (verdict.kind === 'linearizable') continue;
      const { kind, explained, stuckAt } = verdict;
      unexplained.push(`${id}, ${kind} after ${explained.length}: ${stuckAt.join(' | ')}`);
    }
    workflows.push(...begun);
    onRound?.(round.number, rounds.length);
  }
  const audits: Audit[] = [];
  for (const id of workflows) {
    audits.push(await auditWorkflow(site.store, id, history.calls(id), setbacks.get(id)));
  }
  const { flaws, ...audit } = sumUp(audits);
  const outOfTurn = forgottenOutOfTurn(audit.fates, site.setbacks ?? []);
  const miscounted = await recount(site.store, PROJECT);
  const ruined = (await site.ruin?.(random.fork('ruin'))) ?? [];
  const calls = workflows.reduce((sum, id) => sum + history.calls(id).length, 0);
  const all = rounds.flatMap(({ faults }) => faults);
  const count = (kind: FaultKind): number => all.filter((fault) => fault.kind === kind).length;
  return {
    workflows: workflows.length,
    calls,
    struck: {
      kill: count('kill'),
      pause: count('pause'),
      cut: count('cut'),
      promote: count('promote'),
      save: count('save'),
    },
    audit: { ...audit, flaws: [...flaws, ...outOfTurn, ...miscounted, ...ruined] },
    unexplained,
  };
}

/** Answers with the workflows of the round. */
async function runRound(
  site: Site,
  { number, faults }: Round,
  random: Random,
  history: History,
): Promise<readonly string[]> {
  const [seat] = seatsOver([site.store]);
  if (seat === undefined) throw new Error('no seat');
  const workflows: string[] = [];
  for (let i = 0; i < WORKFLOWS_A_ROUND; i++) {
    workflows.push(await startWorkflow(seat.baton, `${number}.${i}`, () => sleep(20)));
  }
  const name = `r${number}c`;
  const crew = await site.begin({ name, random, workflows, record: history.record });
  for (const fault of faults) {
    await answers(history, fault.after);
    await site.strike(fault, random);
  }
  await answers(history, AFTERMATH);
  await crew.stop();
  // What is there in the end has to be explained as well.
  for (const id of workflows) await look(seat, id, history);
  return workflows;
}

async function look({ baton, now }: Seat, workflowId: string, history: History): Promise<void> {
  const action = { kind: 'status' } as const;
  const calledAt = tick();
  const outcome = await perform(baton, workflowId, action);
  const call = { client: 'looker-on', workflowId, action, now, calledAt, outcome };
  history.record({ ...call, answeredAt: tick() });
}

/** Resolves after `count` more answers. */
async function answers(history: History, count: number): Promise<void> {
  const enough = history.answered + count;
  let last = history.answered;
  let since = performance.now();
  while (history.answered < enough) {
    await sleep(2);
    if (history.answered !== last) {
      last = history.answered;
      since = performance.now();
    } else if (performance.now() - since > PATIENCE_MS) {
      throw new Error(`nothing was answered for ${PATIENCE_MS} ms`);
    }
  }
}
