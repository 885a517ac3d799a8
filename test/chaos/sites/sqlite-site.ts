import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSqliteStore } from '@baton/adapters/sqlite';
import type { Site, Work } from './site.ts';
import { type SqliteWriter, startSqliteWriter } from './sqlite-writer.ts';

const WRITERS = 3;

/** A file that several processes write; they are what is killed and paused. */
export async function createSqliteSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-chaos-'));
  const path = join(folder, 'chaos.db');
  const store = await createSqliteStore({ path });
  let writers: SqliteWriter[] = [];
  let hire: () => SqliteWriter;

  return {
    faults: ['kill', 'pause'],
    store,
    async begin(work: Work) {
      let hired = 0;
      hire = () => startSqliteWriter(path, { ...work, name: `${work.name}${hired++}.` });
      writers = Array.from({ length: WRITERS }, () => hire());
      return {
        async stop() {
          await Promise.all(writers.map((writer) => writer.stop()));
        },
      };
    },
    async strike({ kind, ms }, random) {
      const victim = random.pick(writers);
      if (kind === 'pause') {
        victim.signal('SIGSTOP');
        await sleep(ms);
        victim.signal('SIGCONT');
        return;
      }
      await victim.kill();
      await sleep(ms);
      writers = [...writers.filter((writer) => writer !== victim), hire()];
    },
    async destroy() {
      await Promise.all(writers.map((writer) => writer.kill()));
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}
