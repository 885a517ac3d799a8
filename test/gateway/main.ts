// pnpm gateway:kills [--runs 200] [--seed N]
// Kills processes with a model gateway, lets their builds go on, and compares the ledger with what the provider saw.
import { parseArgs } from 'node:util';
import { builtScript } from '../../scripts/built.ts';
import { inTurns } from './in-turns.ts';
import { killAndResume } from './kill-and-resume.ts';
import { KILL_POINTS } from './kill-plan.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) {
  console.error('usage: pnpm gateway:kills [--runs 200] [--seed N]');
  process.exit(2);
}

console.log(`seed        ${seed}`);
const script = await builtScript('test/gateway/runner-process.ts');
const startedAt = performance.now();
const seeds = Array.from({ length: runs }, (_, nth) => seed + nth);
const builds = await inTurns(seeds, 2, async (of) => {
  const build = await killAndResume(script, of, 4);
  for (const fault of build.faults) console.log(`seed ${of}: ${fault}`);
  return build;
});
const sum = (of: (build: (typeof builds)[number]) => number) =>
  builds.reduce((all, build) => all + of(build), 0);
const kills = builds.flatMap((build) => build.kills);
console.log(`builds      ${builds.length}, ${sum(({ state }) => (state === 'complete' ? 1 : 0))} of them complete, the others at their cap
kills       ${kills.length}: ${KILL_POINTS.map((point) => `${kills.filter((one) => one === point).length} ${point}`).join(', ')}
calls       ${sum(({ calls }) => calls)} that the provider saw
ledger      ${sum(({ exact }) => exact)} to the token, ${sum(({ cut }) => cut)} cut by a kill and counted by what was set aside
faults      ${sum(({ faults }) => faults.length)}
took        ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
process.exitCode = sum(({ faults }) => faults.length) === 0 ? 0 : 1;
