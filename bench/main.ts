// What Baton adds to what it stands on. Everything of one table is measured in one run, in turn.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bareSqliteCandidate } from './bare-sqlite.ts';
import { embeddedCandidates } from './embedded.ts';
import { machineCandidate } from './machine.ts';
import { interleaved, type Measured } from './measure.ts';
import { grpcCandidates, grpcName } from './over-grpc.ts';

const ROUNDS = 5;
const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));

function table(measured: ReadonlyMap<string, Measured>, ratios: readonly [string, string][]): void {
  const rate = (value: number): string => Math.round(value).toLocaleString('en').padStart(10);
  console.log(
    `${'per second'.padEnd(32)}${'median'.padStart(10)}${'min'.padStart(10)}${'max'.padStart(10)}`,
  );
  for (const { name, median, rates } of measured.values()) {
    console.log(
      `${name.padEnd(32)}${rate(median)}${rate(rates[0] ?? 0)}${rate(rates.at(-1) ?? 0)}`,
    );
  }
  for (const [a, b] of ratios) {
    const ratio = (measured.get(a)?.median ?? 0) / (measured.get(b)?.median ?? 1);
    console.log(`  ${a} / ${b} = ${ratio.toFixed(2)}`);
  }
  console.log();
}

try {
  console.log(`Node ${process.version}, ${ROUNDS} rounds, advances of 1 KB\n`);
  console.log('(a) and (b): the machine alone, and embedded');
  table(
    await interleaved(
      [
        await machineCandidate(),
        ...embeddedCandidates(folder),
        bareSqliteCandidate(folder, 1, 60),
        bareSqliteCandidate(folder, 32, 1024),
      ],
      ROUNDS,
    ),
    [
      ['SQLite, 64 at once', 'SQLite, 1 at once'],
      ['SQLite, 1 at once', 'bare SQLite, groups of 1'],
      ['SQLite, 64 at once', 'bare SQLite, groups of 32'],
    ],
  );
  for (const [atOnce, builds] of [
    [1, 100],
    [64, 640],
  ] as const) {
    console.log(`(c) over gRPC, ${atOnce} at once`);
    const kinds = {
      echo: 'echo',
      memory: 'memory:',
      SQLite: `sqlite:${folder}/grpc-${atOnce}.db`,
    };
    const { candidates, stop } = await grpcCandidates(kinds, atOnce, builds);
    const echo = grpcName('echo', atOnce);
    table(await interleaved(candidates, ROUNDS), [
      [grpcName('memory', atOnce), echo],
      [grpcName('SQLite', atOnce), echo],
    ]);
    stop();
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(0);
