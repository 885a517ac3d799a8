// What Baton adds to its stores, each beside what its driver does alone.
// pnpm bench:stores [redis|postgres|sqlite …] [--rounds 5] [--part commits|sizes|parallel] [--million]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPostgresStore } from '@baton/adapters/postgres';
import { createRedisStore } from '@baton/adapters/redis';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { startPrivatePostgres } from '../packages/adapters/src/stores/testing/private-postgres.ts';
import { startRedis } from '../packages/adapters/src/stores/testing/private-redis.ts';
import type { Backend } from './stores/backend.ts';
import { compareCommits, compareParallelBatches } from './stores/commits.ts';
import { createPostgresBackend } from './stores/postgres-backend.ts';
import { createRedisBackend } from './stores/redis-backend.ts';
import { compareSizes, type ScaledStore } from './stores/scale.ts';
import { createSqliteBackend } from './stores/sqlite-backend.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    million: { type: 'boolean', default: false },
    part: { type: 'string', multiple: true, default: ['commits', 'sizes'] },
  },
});
const rounds = Number(values.rounds);
const sizes = [1000, 100_000, ...(values.million ? [1_000_000] : [])];

const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  redis: createRedisBackend,
  postgres: createPostgresBackend,
  sqlite: createSqliteBackend,
};

/** Only read, and large: their writes need not reach the disk. */
const scaled: Readonly<
  Record<string, () => Promise<ScaledStore & { destroy(): Promise<void> | void }>>
> = {
  async redis() {
    const redis = await startRedis(['--appendonly', 'no']);
    const connection = redis.url;
    return {
      name: 'Redis',
      open: async (size) => createRedisStore({ connection, prefix: `of-${size}`, warn() {} }),
      destroy: () => redis.destroy(),
    };
  },
  async postgres() {
    const server = await startPrivatePostgres(['fsync=off', 'max_wal_size=4GB']);
    const connection = server.url;
    return {
      name: 'PostgreSQL',
      open: (size) => createPostgresStore({ connection, schema: `of_${size}` }),
      destroy: () => server.destroy(),
    };
  },
  async sqlite() {
    const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
    return {
      name: 'SQLite',
      open: async (size) => createSqliteStore({ path: join(folder, `${size}.db`) }),
      destroy: () => rmSync(folder, { recursive: true }),
    };
  },
};

const chosen = positionals.length === 0 ? Object.keys(backends) : positionals;
const parts: Readonly<Record<string, (name: string) => Promise<void>>> = {
  commits: (name) => onBackend(name, (backend) => compareCommits(backend, rounds)),
  parallel: (name) => onBackend(name, (backend) => compareParallelBatches(backend, rounds)),
  async sizes(name) {
    const found = await scaled[name]?.();
    try {
      if (found !== undefined) await compareSizes(found, sizes);
    } finally {
      await found?.destroy();
    }
  },
};

async function onBackend(name: string, work: (backend: Backend) => Promise<void>): Promise<void> {
  const backend = await backends[name]?.();
  try {
    if (backend !== undefined) await work(backend);
  } finally {
    await backend?.destroy();
  }
}

const [wrong] = [
  ...chosen.filter((name) => !Object.hasOwn(backends, name)),
  ...values.part.filter((part) => !Object.hasOwn(parts, part)),
];
if (wrong !== undefined) {
  const [stores, known] = [backends, parts].map((choices) => Object.keys(choices).join(', '));
  console.error(`unknown: '${wrong}'; stores: ${stores}; parts: ${known}`);
  process.exit(2);
}
console.log(`Node ${process.version}, ${rounds} rounds in turn, advances of 1 KB, fsync on\n`);
for (const part of values.part) {
  for (const name of chosen) await parts[part]?.(name);
}
process.exit(0);
