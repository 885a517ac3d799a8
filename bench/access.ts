// What it costs an advance over gRPC that the server asks who calls: with 1,000 API keys and without, in turn.
import { parseArgs } from 'node:util';
import { type Measured, measureInTurn } from './compare.ts';
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

const kinds = { open: 'memory:', 'API keys': 'memory: keys' };
const { candidates, stop } = await grpcCandidates(kinds, AT_ONCE, Number(values.builds));
const [open, keyed] = candidates.map(metered) as [
  ReturnType<typeof metered>,
  ReturnType<typeof metered>,
];
const measured: readonly Measured[] = await measureInTurn([open, keyed], Number(values.rounds));
printMeasured('advances a second', measured, [
  [grpcName('API keys', AT_ONCE), grpcName('open', AT_ONCE)],
]);
// The first run of each warms up.
const ratios = keyed.costs.slice(1).map((cost, round) => cost / (open.costs[round + 1] ?? 0));
const middle = (all: readonly number[]): number =>
  [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
console.log(
  `processor time of the server an advance: open ${middle(open.costs.slice(1)).toFixed(1)} µs, ` +
    `API keys ${middle(keyed.costs.slice(1)).toFixed(1)} µs, ratio ${middle(ratios).toFixed(3)} ` +
    `(${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}); of the least ` +
    `${(Math.min(...keyed.costs.slice(1)) / Math.min(...open.costs.slice(1))).toFixed(3)}`,
);
stop();
process.exit(0);
