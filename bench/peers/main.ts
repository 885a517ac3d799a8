// Whole builds by Baton's engine beside other engines that keep them in the same kind of place, in this process.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { missingPackages } from '../../scripts/missing-packages.ts';
import { measureInTurn } from '../compare.ts';
import { peerCandidate } from '../peer-candidate.ts';
import { printMeasured } from '../print.ts';

const USAGE = 'pnpm bench:peers [memory|sqlite|postgres|redis …] [--rounds 3]';
const AT_ONCE = [1, 64] as const;

/** With how many builds a run is long enough to tell, one at a time and 64 at once. */
const BUILDS = {
  memory: { 1: 100, 64: 640 },
  sqlite: { 1: 20, 64: 320 },
  postgres: { 1: 20, 64: 320 },
  redis: { 1: 40, 64: 640 },
};

const isGroup = (name: string): name is keyof typeof BUILDS => Object.hasOwn(BUILDS, name);

function refuse(problem: string): never {
  console.error(`${problem}\n${USAGE}`);
  process.exit(2);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
});
const unknown = positionals.find((name) => !isGroup(name));
if (unknown !== undefined) {
  refuse(`unknown group '${unknown}'; expected ${Object.keys(BUILDS).join(', ')}`);
}
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  refuse(`--rounds: found '${values.rounds}', expected a whole number, 1 or more`);
}

const { dependencies } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'),
);
const missing = missingPackages(import.meta.dirname, dependencies);
if (missing.length > 0) {
  console.error(
    `The other engines are not installed: ${missing.join(', ')}. Install them (300 MB) with\n  npm install --prefix bench/peers`,
  );
  process.exit(1);
}

const groups = await import('./groups.ts');
const chosen = positionals.length === 0 ? Object.keys(BUILDS) : positionals;
console.log(`Node ${process.version}, ${rounds} rounds, whole builds, outputs of 1 KB\n`);
for (const name of chosen.filter(isGroup)) {
  const { engines, destroy } = await groups[name]();
  try {
    for (const atOnce of AT_ONCE) {
      const candidates = engines.map(([engine, open]) =>
        peerCandidate(`${engine}, ${name}, ${atOnce} at once`, open, atOnce, BUILDS[name][atOnce]),
      );
      const [baton = '', ...peers] = candidates.map((candidate) => candidate.name);
      const measured = await measureInTurn(candidates, rounds);
      const beside = peers.map((peer) => [baton, peer] as const);
      printMeasured('steps per second', measured, beside);
      console.log();
    }
  } finally {
    await destroy();
  }
}
process.exit(0);
