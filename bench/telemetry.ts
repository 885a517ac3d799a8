// What it costs a server to tell of itself: processor time of an advance over gRPC with metrics, with traces and with
// both, beside a server that tells nothing; and that one beside the server of another checkout. The servers run in turn.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { percentile } from './compare.ts';
import { grpcCandidates, type ServerProcess } from './over-grpc.ts';

const SERVER = fileURLToPath(new URL('grpc-server.ts', import.meta.url));
const OFF = 'off';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'memory:' },
    rounds: { type: 'string', default: '7' },
    builds: { type: 'string', default: '1500' },
    'at-once': { type: 'string', default: '64' },
    /** A checkout from before there was telemetry, installed. */
    against: { type: 'string' },
  },
});

const served = (...told: readonly string[]): ServerProcess => ({
  file: SERVER,
  args: [values.store, ...told],
});
const before = values.against && {
  before: { file: join(resolve(values.against), 'bench/grpc-server.ts'), args: [values.store] },
};
const kinds: Readonly<Record<string, ServerProcess>> = {
  ...before,
  [OFF]: served(),
  metrics: served('metrics'),
  traces: served('traces'),
  both: served('metrics', 'traces'),
};

const names = Object.keys(kinds);
const { candidates, stop } = await grpcCandidates(
  kinds,
  Number(values['at-once']),
  Number(values.builds),
);
const costs: number[][] = candidates.map(() => []);
for (const { run } of candidates) await run();
for (let round = 0; round < Number(values.rounds); round++) {
  // The other way round each time: what runs first finds another machine than what runs last.
  const order = [...candidates.entries()];
  for (const [i, { run, cpuMs }] of round % 2 === 0 ? order : order.reverse()) {
    const { operations } = await run();
    costs[i]?.push((cpuMs() * 1000) / operations);
  }
}
stop();

console.log(
  `Node ${process.version}, ${values.store}, ${values.rounds} rounds of ${values.builds} builds, ${values['at-once']} at once: processor time of the server an advance\n`,
);
const floor = costs[names.indexOf(before === undefined || before === '' ? OFF : 'before')] ?? [];
for (const [i, name] of names.entries()) {
  const found = costs[i] ?? [];
  const ratios = found.map((cost, round) => cost / (floor[round] ?? Number.NaN));
  const of = (list: readonly number[], digits: number, share = 0.5): string =>
    percentile(list, share).toFixed(digits);
  const range = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
  // Noise only adds: the least of all rounds is nearest to what the work itself takes.
  const least = Math.min(...found) / Math.min(...floor);
  console.log(
    `${name.padEnd(10)} ${of(found, 1).padStart(7)} µs   × ${of(ratios, 3)} (${range}); least × ${least.toFixed(3)}`,
  );
}
process.exit(0);
