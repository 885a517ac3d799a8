import { MAX_TIMER_MS } from '@baton/core/internal';
import { expect, it } from 'vitest';
import { resolvePostgresDispatcherOptions } from './postgres/postgres-dispatcher.ts';
import { resolvePostgresOptions } from './postgres/postgres-store-options.ts';
import { resolveRedisDispatcherOptions } from './redis/redis-dispatcher.ts';
import { resolveRedisOptions } from './redis/redis-store-options.ts';
import { resolveSqliteOptions } from './sqlite/sqlite-store-options.ts';

const REDIS = 'redis://127.0.0.1:1';
const POSTGRES = 'postgres://127.0.0.1:1';

it.each<[string, (ms: number) => unknown]>([
  ['busyTimeoutMs', (busyTimeoutMs) => resolveSqliteOptions({ path: ':memory:', busyTimeoutMs })],
  ['queryTimeoutMs', (ms) => resolvePostgresOptions({ connection: POSTGRES, queryTimeoutMs: ms })],
  ['commandTimeoutMs', (ms) => resolveRedisOptions({ connection: REDIS, commandTimeoutMs: ms })],
  [
    'retention.everyMs',
    (everyMs) => resolveRedisOptions({ connection: REDIS, retention: { keepMs: 1, everyMs } }),
  ],
  [
    'reconnectMs',
    (reconnectMs) => resolvePostgresDispatcherOptions({ connection: POSTGRES, reconnectMs }),
  ],
  ['checkMs', (checkMs) => resolvePostgresDispatcherOptions({ connection: POSTGRES, checkMs })],
  ['pingMs', (pingMs) => resolveRedisDispatcherOptions({ connection: REDIS, pingMs })],
])('%s is refused where a timer would fire at once', (name, resolve) => {
  for (const ms of [0, 1.5, MAX_TIMER_MS + 1, Number.POSITIVE_INFINITY]) {
    expect(() => resolve(ms)).toThrow(`${name}: found ${ms}, expected 1 to ${MAX_TIMER_MS}`);
  }
});
