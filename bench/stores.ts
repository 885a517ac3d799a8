// What Baton adds to its stores, each beside what its driver does alone.
import { parseArgs } from 'node:util';
import type { Backend } from './stores/backend.ts';
import { compareCommits, compareParallelBatches } from './stores/commits.ts';
import { compareOverGrpc } from './stores/over-grpc.ts';
import { createPostgresBackend } from './stores/postgres-backend.ts';
import { createRedisBackend } from './stores/redis-backend.ts';
import { compareSizes } from './stores/scaled/compare-sizes.ts';
import { createScaledPostgres } from './stores/scaled/postgres-scaled.ts';
import { createScaledRedis } from './stores/scaled/redis-scaled.ts';
import type { ScaledStore } from './stores/scaled/scaled-store.ts';
import { createScaledSqlite } from './stores/scaled/sqlite-scaled.ts';
import { createSqliteBackend } from './stores/sqlite-backend.ts';

const USAGE =
  'pnpm bench:stores [redis|postgres|sqlite …] [--rounds 5] [--part commits|grpc|sizes|parallel] [--million]';

const { values, positionals } = parsed();
const rounds = Number(values.rounds);
const sizes = [1000, 100_000, ...(values.million ? [1_000_000] : [])];

const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  redis: createRedisBackend,
  postgres: createPostgresBackend,
  sqlite: createSqliteBackend,
};

const scaled: Readonly<Record<string, () => Promise<ScaledStore>>> = {
  redis: createScaledRedis,
  postgres: createScaledPostgres,
  sqlite: createScaledSqlite,
};

const chosen = positionals.length === 0 ? Object.keys(backends) : positionals;
type Part = (stores: readonly string[]) => Promise<void>;
const parts: Readonly<Record<string, Part>> = {
  commits: onEach(backends, (backend) => compareCommits(backend, rounds)),
  parallel: onEach(backends, (backend) => compareParallelBatches(backend, rounds)),
  grpc: (stores) => compareOverGrpc(stores, rounds),
  sizes: onEach(scaled, (store) => compareSizes(store, sizes)),
};

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '5' },
        million: { type: 'boolean', default: false },
        part: { type: 'string', multiple: true, default: ['commits', 'grpc', 'sizes'] },
      },
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(what: string): never {
  console.error(`${what}\n${USAGE}`);
  process.exit(2);
}

/** One after another, each in a database of its own. */
function onEach<T extends { destroy(): Promise<void> | void }>(
  known: Readonly<Record<string, () => Promise<T>>>,
  work: (opened: T) => Promise<void>,
): Part {
  return async (stores) => {
    for (const name of stores) {
      const opened = await known[name]?.();
      try {
        if (opened !== undefined) await work(opened);
      } finally {
        await opened?.destroy();
      }
    }
  };
}

const [wrong] = [
  ...chosen.filter((name) => !Object.hasOwn(backends, name)),
  ...values.part.filter((part) => !Object.hasOwn(parts, part)),
];
if (wrong !== undefined) {
  const [stores, known] = [backends, parts].map((choices) => Object.keys(choices).join(', '));
  refuse(`unknown: '${wrong}'; stores: ${stores}; parts: ${known}`);
}
if (!Number.isInteger(rounds) || rounds < 1) {
  refuse(`--rounds: expected a whole number from 1, found '${values.rounds}'`);
}
// By itself a signal ends the process without a word to the servers that it has started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
console.log(`Node ${process.version}, ${rounds} rounds in turn, advances of 1 KB, fsync on\n`);
for (const part of values.part) await parts[part]?.(chosen);
process.exit(0);
