import { createMemoryStore, type WorkflowStore } from '@baton/core';
import { auditWorkflow, sumUp } from './audit.ts';
import { PROJECT, runFleet, STARTED_AT, seatsOver, startWorkflow } from './fleet.ts';
import { createForgetfulMemory } from './forgetful-memory.ts';
import { checkCalls, createHistory } from './history.ts';
import { createRandom, type Random } from './random.ts';
import { recount } from './recount.ts';
import { forgottenOutOfTurn, type Setback } from './setbacks.ts';
import { turns, unreliableStore } from './unreliable-store.ts';

const WORKFLOWS = 4;
const CLIENTS = 6;
/** Answers in a rehearsal, and more of them for each time that the store forgets. */
export const ANSWERS = 400;
const ANSWERS_A_LIFE = 80;

export interface RehearseOptions {
  readonly seed: number;
  /** Puts a mistake between the clients and the store. */
  readonly plant?: (store: WorkflowStore, random: Random) => WorkflowStore;
  /** Happens once, half-way. */
  readonly crash?: (planted: WorkflowStore) => void;
  /** How often the store forgets what came after it was saved. */
  readonly forgets?: number;
}

/** Clients at work on a store in memory, where the same seed makes the same choices in the same order. */
export async function rehearse(options: RehearseOptions) {
  const { seed, plant = (store) => store, crash = () => {}, forgets = 0 } = options;
  const answers = ANSWERS + forgets * ANSWERS_A_LIFE;
  const random = createRandom(seed);
  const lives = Array.from({ length: forgets + 1 }, createMemoryStore);
  const memory = createForgetfulMemory(await Promise.all(lives));
  const truth = memory.store;
  const planted = plant(truth, random.fork('bug'));
  const lines = Array.from({ length: 3 }, (_, i) =>
    unreliableStore(planted, random.fork(`line ${i}`)),
  );
  const seats = seatsOver(lines);
  const [first] = seats;
  const rest = (): Promise<void> => turns(3);
  const workflows: string[] = [];
  for (let i = 0; i < WORKFLOWS; i++) {
    if (first) workflows.push(await startWorkflow(first.baton, `b${i}`, rest));
  }
  const history = createHistory();
  const setbacks: Setback[] = [];
  let time = 0;
  const happen = (kind: Setback['kind']): void => {
    const calledAt = time++;
    if (kind === 'saved') memory.save();
    else memory.forget();
    setbacks.push({ kind, isSentAgain: false, calledAt, answeredAt: time++ });
  };
  const plan = [{ at: answers / 2, happen: () => crash(planted) }];
  for (let i = 0; i < forgets; i++) {
    const begins = ANSWERS_A_LIFE * i;
    plan.push({ at: begins + ANSWERS_A_LIFE * 0.2, happen: () => happen('saved') });
    plan.push({ at: begins + ANSWERS_A_LIFE * 0.6, happen: () => happen('forgot') });
  }
  plan.sort((a, b) => a.at - b.at);
  await runFleet({
    clients: CLIENTS,
    name: 'c',
    random,
    seats,
    workflows,
    record: history.record,
    tick: () => time++,
    isOver() {
      while (plan[0] !== undefined && history.answered > plan[0].at) plan.shift()?.happen();
      return history.answered > answers;
    },
    rest,
  });
  await turns(50);
  const calls = workflows.map((id) => history.calls(id));
  const verdicts = calls.map((found) => checkCalls(found, STARTED_AT, setbacks));
  const audits = workflows.map((id, i) => auditWorkflow(truth, id, calls[i] ?? [], setbacks));
  const audit = sumUp(await Promise.all(audits));
  return {
    calls,
    audit,
    stuck: verdicts.flatMap((verdict) => (verdict.kind === 'linearizable' ? [] : verdict.stuckAt)),
    miscounted: await recount(truth, PROJECT),
    outOfTurn: forgottenOutOfTurn(audit.fates, setbacks),
  };
}
