import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { forgetfulSite } from './forgetful-site.ts';
import { localCrews } from './local-crew.ts';
import type { Site } from './site.ts';

/** More than a file here has, so that one step copies all of them: those of one moment. */
const PAGES = 1_000_000;

const MOST_TRIES = 1000;

/** A file into which an older copy of itself is restored, as SQLite does it, while it is in use. */
export async function createForgetfulSqliteSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-chaos-'));
  const path = join(folder, 'chaos.db');
  const copy = join(folder, 'copy.db');
  const store = await createSqliteStore({ path });
  const stores = await Promise.all([1, 2, 3].map(() => createSqliteStore({ path })));

  async function copyAll(from: string, to: string): Promise<void> {
    const database = new DatabaseSync(from);
    try {
      for (let tries = 0; ; tries++) {
        const problem = await backup(database, to, { rate: PAGES }).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (problem === undefined) return;
        // Node tells of a file that is locked for a moment as of an error that is none.
        if (tries === MOST_TRIES) throw problem;
        await sleep(2);
      }
    } finally {
      database.close();
    }
  }

  const site: Site = {
    faults: ['kill'],
    store,
    begin: localCrews(stores, 6),
    async strike({ kind }) {
      throw new Error(`nothing here can ${kind}`);
    },
    async destroy() {
      for (const one of [...stores, store]) await one.close();
      rmSync(folder, { recursive: true });
    },
  };
  return forgetfulSite(site, {
    isSentAgain: false,
    save: () => copyAll(path, copy),
    forget: () => copyAll(copy, path),
  });
}
