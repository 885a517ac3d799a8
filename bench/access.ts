// What it costs an advance over gRPC that the server asks who calls: with 1,000 API keys, with keys that are sent and not
// looked at, and without, in turn.
import { parseArgs } from 'node:util';
import { type Measured, measureInTurn, percentile } from './compare.ts';
import { type GrpcCandidate, grpcCandidates, grpcName } from './over-grpc.ts';
import { printMeasured } from './print.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    builds: { type: 'string', default: '1500' },
  },
});
const AT_ONCE = 64;
const OPERATIONS = Number(values.builds) * 10;

/** Processor time of the server for an advance, in microseconds, one figure a run. */
function metered(candidate: GrpcCandidate): GrpcCandidate & { readonly costs: number[] } {
  const costs: number[] = [];
  return {
    ...candidate,
    costs,
    async run() {
      const sample = await candidate.run();
      costs.push((candidate.loads().server.cpuMs / OPERATIONS) * 1000);
      return sample;
    },
  };
}

const OPEN = 'open';
const kinds = {
  [OPEN]: 'memory:',
  'keys unasked': 'memory: unasked-keys',
  'API keys': 'memory: keys',
};
const names = Object.keys(kinds);
const { candidates, stop } = await grpcCandidates(kinds, AT_ONCE, Number(values.builds));
const all = candidates.map(metered);
const measured: readonly Measured[] = await measureInTurn(all, Number(values.rounds));
const [open, ...others] = names.map((name) => grpcName(name, AT_ONCE)) as [string, ...string[]];
printMeasured(
  'advances a second',
  measured,
  others.map((other) => [other, open]),
);

console.log('\nprocessor time of the server an advance; beside an open one');
// The first run of each warms up.
const [floor = [], ...costs] = all.map(({ costs }) => costs.slice(1));
const least = Math.min(...floor);
console.log(`${OPEN.padEnd(14)} ${middle(floor).toFixed(1)} µs, least ${least.toFixed(1)}`);
for (const [i, cost] of costs.entries()) {
  const ratio = middle(cost.map((one, round) => one / (floor[round] ?? Number.NaN)));
  // Noise only adds: the least of all rounds is nearest to what the work itself takes.
  const ofLeast = Math.min(...cost) / least;
  console.log(
    `${names[i + 1]?.padEnd(14)} ${middle(cost).toFixed(1)} µs, least ${Math.min(...cost).toFixed(1)}: ` +
      `× ${ratio.toFixed(3)}, of the middles ${(middle(cost) / middle(floor)).toFixed(3)}, of the least ${ofLeast.toFixed(3)}`,
  );
}
stop();
process.exit(0);

function middle(list: readonly number[]): number {
  return percentile(list, 0.5);
}
