// What a run of git costs the process that asks for it, by the memory that this process has: started as its child, and
// by `createGit`, which has a small process for it. `pnpm bench:git [--rounds 5]`
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createGit } from '@baton/adapters/workspace';
import { percentile } from './compare.ts';

const RUNS = 100;
const MEMORY_MB = [0, 200, 600];
const MB = 1024 * 1024;
/** More than `createGit` runs as children of this process. */
const WARM_UP_RUNS = 20;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);

const call = { cwd: tmpdir() };
const git = createGit({ env: process.env, lockWaitMs: 0 });
const ways = {
  'as a child': () => once(spawn('git', ['--version'], { ...call, stdio: 'ignore' }), 'close'),
  'by createGit': () => git(['--version'], call),
} as const;

/** Milliseconds of processor time of this process for each run. */
async function costOf(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < RUNS; i++) await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / RUNS;
}

for (let i = 0; i < WARM_UP_RUNS; i++) await git(['--version'], call);
await sleep(1000);

console.log(
  `Node ${process.version}, ${rounds} rounds of ${RUNS} runs, ms of this process a run\n`,
);
const held: Buffer[] = [];
for (const megabytes of MEMORY_MB) {
  while (held.length < megabytes) held.push(Buffer.alloc(MB, 1));
  const costs = Object.entries(ways).map(([name, run]) => ({ name, run, found: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { run, found } of costs) found.push(await costOf(run));
  }
  const rss = Math.round(process.memoryUsage.rss() / MB);
  const texts = costs.map(({ name, found }) => `${name} ${percentile(found, 0.5).toFixed(2)}`);
  console.log(`${String(rss).padStart(5)} MB: ${texts.join(', ')}`);
}
process.exit(0);
