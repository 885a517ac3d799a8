import { createMemoryStore, type WorkflowStore } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { auditWorkflow, sumUp } from './audit.ts';
import { PROJECT, runFleet, STARTED_AT, seatsOver, startWorkflow } from './fleet.ts';
import { checkCalls, createHistory } from './history.ts';
import { acknowledgedEarly, fenceDropped, replyForgotten, writtenTwice } from './planted-bugs.ts';
import { createRandom, type Random } from './random.ts';
import { recount } from './recount.ts';
import { turns, unreliableStore } from './unreliable-store.ts';

const SEEDS = [1, 2, 3, 4, 5];
const WORKFLOWS = 4;
const CLIENTS = 6;
const ANSWERS = 400;

/** Clients at work on a store in memory; `plant` puts a mistake between them and it. */
async function work(
  seed: number,
  plant: (store: WorkflowStore, random: Random) => WorkflowStore = (store) => store,
  crash: (planted: WorkflowStore) => void = () => {},
) {
  const random = createRandom(seed);
  const truth = createMemoryStore();
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
  let time = 0;
  let crashed = false;
  await runFleet({
    clients: CLIENTS,
    name: 'c',
    random,
    seats,
    workflows,
    record: history.record,
    tick: () => time++,
    isOver() {
      if (history.answered > ANSWERS / 2 && !crashed) {
        crashed = true;
        crash(planted);
      }
      return history.answered > ANSWERS;
    },
    rest,
  });
  await turns(50);
  const calls = workflows.map((id) => history.calls(id));
  const verdicts = calls.map((found) => checkCalls(found, STARTED_AT));
  const audits = workflows.map((id, i) => auditWorkflow(truth, id, calls[i] ?? []));
  const audit = sumUp(await Promise.all(audits));
  return {
    calls,
    audit,
    stuck: verdicts.flatMap((verdict) => (verdict.kind === 'impossible' ? verdict.stuckAt : [])),
    miscounted: await recount(truth, PROJECT),
  };
}

describe.each(SEEDS)('what clients saw (seed %i)', (seed) => {
  it('can be explained, and is what the store has, where there is no bug', async () => {
    const { calls, audit, stuck, miscounted } = await work(seed);
    expect(stuck).toEqual([]);
    expect(audit).toMatchObject({ lost: [], doubled: [], flaws: [] });
    expect(miscounted).toEqual([]);
    expect(audit.acknowledged).toBeGreaterThan(ANSWERS / 10);
    expect(calls.flat().some(({ outcome }) => outcome.kind === 'unknown')).toBe(true);
  });

  it('is the same for the same seed', async () => {
    expect((await work(seed)).calls).toEqual((await work(seed)).calls);
  });

  it('cannot be explained when the fence is dropped', async () => {
    const { stuck, audit } = await work(seed, fenceDropped);
    expect(stuck).not.toEqual([]);
    expect(audit.lost).not.toEqual([]);
  });

  it('cannot be explained, and is not there, when it is acknowledged before it is written', async () => {
    const { stuck, audit } = await work(
      seed,
      (store, random) => acknowledgedEarly(store, () => turns(random.between(1, 6))),
      (planted) => (planted as ReturnType<typeof acknowledgedEarly>).crash(),
    );
    expect(stuck).not.toEqual([]);
    expect(audit.lost).not.toEqual([]);
  });

  it('is answered otherwise than the store has it when a reply is not stored', async () => {
    const { audit } = await work(seed, replyForgotten);
    expect(audit.lost).not.toEqual([]);
  });

  it('is there twice when a commit is written twice', async () => {
    const { stuck, audit } = await work(seed, writtenTwice);
    expect(stuck).not.toEqual([]);
    expect(audit.doubled).not.toEqual([]);
  });
});
