import { expect, it } from 'vitest';
import { resolveOpenStoreOptions } from './open-store/open-store.ts';
import { resolvePostgresDispatcherOptions } from './postgres/postgres-dispatcher.ts';
import { resolvePostgresOptions } from './postgres/postgres-store-options.ts';
import { resolveRedisDispatcherOptions } from './redis/redis-dispatcher.ts';
import { resolveRedisOptions } from './redis/redis-store-options.ts';
import { resolveSqliteOptions } from './sqlite/sqlite-store-options.ts';

const URL_OF_REDIS = 'redis://127.0.0.1?replicas=1';

it.each([
  ['SQLite', resolveSqliteOptions, { path: ':memory:' }],
  ['PostgreSQL', resolvePostgresOptions, { connection: 'postgres://127.0.0.1' }],
  ['Redis', resolveRedisOptions, { connection: URL_OF_REDIS }],
  ['any store', resolveOpenStoreOptions, {}],
  ['hints by PostgreSQL', resolvePostgresDispatcherOptions, { connection: 'postgres://127.0.0.1' }],
  ['hints by Redis', resolveRedisDispatcherOptions, { connection: URL_OF_REDIS }],
] as const)('takes options of %s that are undefined for absent', (_, resolve, needed) => {
  const usual = (resolve as (options: object) => object)(needed);
  const names = Object.keys(usual).filter((name) => !(name in needed));
  const nothing = Object.fromEntries(names.map((name) => [name, undefined]));
  const resolved = (resolve as (options: object) => object)({ ...needed, ...nothing });
  expect(JSON.stringify(resolved)).toBe(JSON.stringify(usual));
  const kinds = (one: object) => Object.entries(one).map(([name, value]) => [name, typeof value]);
  expect(kinds(resolved).sort()).toEqual(kinds(usual).sort());
});
