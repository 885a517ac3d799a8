import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { bareSqliteCandidate } from '../bare-sqlite.ts';
import type { Backend } from './backend.ts';

/** Files in a temporary folder, written with synchronous=FULL. */
export async function createSqliteBackend(): Promise<Backend> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  let files = 0;
  return {
    name: 'SQLite',
    open: async () => createSqliteStore({ path: join(folder, `${files}.db`) }),
    url: () => `sqlite:${join(folder, `${files}.db`)}`,
    async clear() {
      files++;
    },
    async floors(atOnce, builds) {
      const { run } = bareSqliteCandidate(folder, atOnce, builds);
      const name = `bare statements, ${atOnce} in a transaction`;
      return [{ name, run }];
    },
    async destroy() {
      rmSync(folder, { recursive: true });
    },
  };
}
