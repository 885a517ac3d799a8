// What Baton adds to what it stands on. Everything of one table is measured in one run, in turn.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileSealMemory, createSealedStore } from '@baton/adapters/sealed';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { createMemoryStore, type WorkflowStore } from '@baton/core';
import { bareSqliteCandidate } from './bare-sqlite.ts';
import { batonCandidate } from './baton-candidate.ts';
import { measureInTurn } from './compare.ts';
import { machineCandidate } from './machine.ts';
import { grpcCandidates, grpcName } from './over-grpc.ts';
import { printMeasured } from './print.ts';

const ROUNDS = 5;
const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
let files = 0;

function embedded(
  name: string,
  open: () => Promise<WorkflowStore>,
  atOnce: number,
  builds: number,
) {
  const fresh = { open, clear: async () => {} };
  return batonCandidate(`${name}, ${atOnce} at once`, fresh, atOnce, builds);
}

const sqlite = (): Promise<WorkflowStore> => createSqliteStore({ path: `${folder}/${files++}.db` });

/** As builds in a workspace have it. */
async function sealedSqlite(): Promise<WorkflowStore> {
  const seals = mkdtempSync(join(folder, 'seals-'));
  const memory = createFileSealMemory(seals);
  return createSealedStore(await sqlite(), { key: Buffer.alloc(32, 'k'), memory });
}

try {
  console.log(`Node ${process.version}, ${ROUNDS} rounds, advances of 1 KB\n`);
  console.log('(a) and (b): the machine alone, and embedded');
  const alone = [
    await machineCandidate(),
    embedded('memory', createMemoryStore, 1, 3000),
    embedded('memory', createMemoryStore, 64, 3000),
    embedded('SQLite', sqlite, 1, 60),
    embedded('SQLite', sqlite, 64, 1024),
    embedded('sealed SQLite', sealedSqlite, 1, 60),
    embedded('sealed SQLite', sealedSqlite, 64, 1024),
    bareSqliteCandidate(folder, 1, 60),
    bareSqliteCandidate(folder, 32, 1024),
  ];
  printMeasured('per second', await measureInTurn(alone, ROUNDS), [
    ['SQLite, 64 at once', 'SQLite, 1 at once'],
    ['sealed SQLite, 1 at once', 'SQLite, 1 at once'],
    ['sealed SQLite, 64 at once', 'SQLite, 64 at once'],
    ['SQLite, 1 at once', 'bare SQLite, groups of 1'],
    ['SQLite, 64 at once', 'bare SQLite, groups of 32'],
  ]);
  for (const [atOnce, builds] of [
    [1, 100],
    [64, 640],
  ] as const) {
    console.log(`\n(c) over gRPC, ${atOnce} at once`);
    const kinds = {
      echo: 'echo',
      memory: 'memory:',
      SQLite: `sqlite:${folder}/grpc-${atOnce}.db`,
    };
    const { candidates, stop } = await grpcCandidates(kinds, atOnce, builds);
    const echo = grpcName('echo', atOnce);
    printMeasured('per second', await measureInTurn(candidates, ROUNDS), [
      [grpcName('memory', atOnce), echo],
      [grpcName('SQLite', atOnce), echo],
    ]);
    stop();
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(0);
