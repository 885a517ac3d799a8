// pnpm flood [--seed N] [--seconds 4] [--only 'window 0'] [--tls on|off]
// Floods a server of its own on 127.0.0.1, and prints how a client beside the floods was served.
import { parseArgs } from 'node:util';
import { run } from './run.ts';
import { describeRow, faults, HEADING } from './verdict.ts';

const MOST_SECONDS = 60;

const USAGE = `usage: pnpm flood [--seed N] [--seconds 1 to ${MOST_SECONDS}] [--only <words>] [--tls on|off|both]`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string' },
    tls: { type: 'string' },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit();
}
const seed = Number(values.seed);
const seconds = Number(values.seconds);
const isTls = { on: [true], off: [false], both: [false, true] }[values.tls ?? 'both'];
if (!Number.isInteger(seed) || !(seconds >= 1 && seconds <= MOST_SECONDS) || isTls === undefined) {
  console.error(USAGE);
  process.exit(2);
}

console.log(`seed ${seed}\n${HEADING}`);
const onRow = (row: Parameters<typeof describeRow>[0]) => console.log(describeRow(row));
const rows = await run({ seed, seconds, only: values.only, isTls, onRow });
const bad = rows.filter((row) => faults(row, { withTimes: true }).length > 0);
console.log(`${rows.length} floods, ${bad.length} of them did harm`);
process.exitCode = bad.length === 0 && rows.length > 0 ? 0 : 1;
