import { describe, expect, it } from 'vitest';
import {
  acknowledgedEarly,
  cancellationUncounted,
  fenceDropped,
  followsIgnored,
  replyForgotten,
  workGoesOn,
  writtenTwice,
} from './planted-bugs.ts';
import { ANSWERS, rehearse } from './rehearse.ts';
import { turns } from './unreliable-store.ts';

const SEEDS = [1, 2, 3, 4, 5];
const FORGETS = 24;

describe.each(SEEDS)('what clients saw (seed %i)', (seed) => {
  it('can be explained, and is what the store has, where there is no bug', async () => {
    const { calls, audit, stuck, miscounted } = await rehearse({ seed });
    expect(stuck).toEqual([]);
    expect(audit).toMatchObject({ lost: [], doubled: [], flaws: [] });
    expect(miscounted).toEqual([]);
    expect(audit.acknowledged).toBeGreaterThan(ANSWERS / 10);
    expect(calls.flat().some(({ outcome }) => outcome.kind === 'unknown')).toBe(true);
    const cancels = calls.flat().filter(({ action }) => action.kind === 'cancel');
    expect(cancels.some(({ outcome }) => outcome.kind === 'ok')).toBe(true);
  });

  it('can be explained where the store forgets, and it forgets what it says, in turn', async () => {
    const { audit, stuck, miscounted, outOfTurn } = await rehearse({ seed, forgets: FORGETS });
    expect(stuck).toEqual([]);
    expect(audit).toMatchObject({ lost: [], doubled: [], flaws: [] });
    expect([...miscounted, ...outOfTurn]).toEqual([]);
    expect(audit.forgotten).toBeGreaterThan(0);
  });

  it('is the same for the same seed', async () => {
    const { calls } = await rehearse({ seed });
    expect(calls).toEqual((await rehearse({ seed })).calls);
  });

  it('cannot be explained when the fence is dropped', async () => {
    const { stuck, audit } = await rehearse({ seed, plant: fenceDropped });
    expect(stuck).not.toEqual([]);
    expect(audit.lost).not.toEqual([]);
  });

  it('cannot be explained, and is not there, when it is acknowledged before it is written', async () => {
    const { stuck, audit } = await rehearse({
      seed,
      plant: (store, random) => acknowledgedEarly(store, () => turns(random.between(1, 6))),
      crash: (planted) => (planted as ReturnType<typeof acknowledgedEarly>).crash(),
    });
    expect(stuck).not.toEqual([]);
    expect(audit.lost).not.toEqual([]);
  });

  it('is answered otherwise than the store has it when a reply is not stored', async () => {
    const { audit } = await rehearse({ seed, plant: replyForgotten });
    expect(audit.lost).not.toEqual([]);
  });

  it('is there twice when a commit is written twice', async () => {
    const { stuck, audit } = await rehearse({ seed, plant: writtenTwice });
    expect(stuck).not.toEqual([]);
    expect(audit.doubled).not.toEqual([]);
  });

  it('is miscounted when a cancellation is not counted', async () => {
    const { miscounted } = await rehearse({ seed, plant: cancellationUncounted });
    expect(miscounted).toEqual([expect.stringMatching(/^stats: /)]);
  });

  it('cannot be explained, and is flawed, when the work goes on after a cancellation', async () => {
    const { stuck, audit } = await rehearse({ seed, plant: workGoesOn });
    expect(stuck).not.toEqual([]);
    expect(audit.flaws).not.toEqual([]);
  });

  it('cannot be explained when a store that forgets goes by the number of a revision alone', async () => {
    const { stuck } = await rehearse({ seed, plant: followsIgnored, forgets: FORGETS });
    expect(stuck).not.toEqual([]);
  });
});
