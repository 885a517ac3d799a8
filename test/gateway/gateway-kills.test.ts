import { expect, it } from 'vitest';
import { builtScript } from '../../scripts/built.ts';
import { inTurns } from './in-turns.ts';
import { killAndResume } from './kill-and-resume.ts';
import { KILL_POINTS } from './kill-plan.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const RUNS = 8;

it(`the ledger of a gateway equals what its provider saw, under kills (SEED=${seed})`, async () => {
  const script = await builtScript('test/gateway/runner-process.ts');
  const seeds = Array.from({ length: RUNS }, (_, nth) => seed + nth);
  const builds = await inTurns(seeds, 2, (of) => killAndResume(script, of, 2));
  expect(builds.flatMap((build) => build.faults.map((fault) => `${build.seed}: ${fault}`))).toEqual(
    [],
  );
  // Otherwise nothing was shown.
  expect(new Set(builds.flatMap(({ kills }) => kills)).size).toBeGreaterThan(
    KILL_POINTS.length / 2,
  );
  expect(builds.some(({ cut }) => cut > 0)).toBe(true);
  expect(builds.every(({ exact }) => exact > 0)).toBe(true);
});
