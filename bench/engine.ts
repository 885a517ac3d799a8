// Whole builds by the engine (a runner with roles that answer at once), beside the bare operations; in this
// process, and with a server of its own over gRPC.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { createMemoryStore } from '@baton/core';
import { batonCandidate } from './baton-candidate.ts';
import { measureInTurn } from './compare.ts';
import { engineCandidate, inProcess } from './engine-candidate.ts';
import { serveApart } from './engine-over-grpc.ts';
import { printMeasured } from './print.ts';
import type { Backend } from './stores/backend.ts';
import { createPostgresBackend } from './stores/postgres-backend.ts';
import { createRedisBackend } from './stores/redis-backend.ts';

const USAGE = 'pnpm bench:engine [memory|sqlite|postgres|redis …] [--rounds 5]';
const AT_ONCE = [1, 64] as const;

type Opened = Pick<Backend, 'open' | 'url' | 'clear' | 'destroy'>;

/** With how many builds a run is long enough to tell, one at a time and 64 at once. */
const STORES: Readonly<Record<string, readonly [() => Promise<Opened>, number, number]>> = {
  memory: [memory, 600, 2000],
  sqlite: [sqlite, 60, 640],
  postgres: [createPostgresBackend, 40, 320],
  redis: [createRedisBackend, 60, 640],
};

async function memory(): Promise<Opened> {
  return {
    open: createMemoryStore,
    url: () => 'memory:',
    clear: async () => {},
    destroy: async () => {},
  };
}

async function sqlite(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  let files = 0;
  return {
    open: () => createSqliteStore({ path: join(folder, `${files++}.db`) }),
    url: () => `sqlite:${join(folder, `${files++}.db`)}`,
    clear: async () => {},
    destroy: async () => rmSync(folder, { recursive: true }),
  };
}

const overGrpc = (name: string, atOnce: number): string =>
  `${name}, engine over gRPC, ${atOnce} at once`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' } },
});
const chosen = positionals.length === 0 ? Object.keys(STORES) : positionals;
const unknown = chosen.find((name) => !Object.hasOwn(STORES, name));
if (unknown !== undefined) {
  console.error(`unknown store '${unknown}'\n${USAGE}`);
  process.exit(2);
}

console.log(
  `Node ${process.version}, ${values.rounds} rounds, steps of whole builds, outputs of 1 KB\n`,
);
for (const name of chosen) {
  const [create, few, many] = STORES[name] as (typeof STORES)[string];
  const backend = await create();
  try {
    const apart = await serveApart(backend);
    const candidates = AT_ONCE.flatMap((atOnce) => {
      const builds = atOnce === 1 ? few : many;
      return [
        engineCandidate(`${name}, engine, ${atOnce} at once`, inProcess(backend), atOnce, builds),
        batonCandidate(`${name}, operations, ${atOnce} at once`, backend, atOnce, builds),
        engineCandidate(
          `${name}, engine over gRPC, ${atOnce} at once`,
          apart.connect,
          atOnce,
          builds,
        ),
      ];
    });
    const measured = await measureInTurn(candidates, Number(values.rounds));
    const beside = AT_ONCE.flatMap((atOnce): [string, string][] => [
      [`${name}, engine, ${atOnce} at once`, `${name}, operations, ${atOnce} at once`],
      [overGrpc(name, atOnce), `${name}, engine, ${atOnce} at once`],
    ]);
    printMeasured('steps per second', measured, beside);
    console.log();
    await apart.stop();
  } finally {
    await backend.destroy();
  }
}
process.exit(0);
