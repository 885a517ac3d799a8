import { join } from 'node:path';
import { createPostgresStore } from '@baton/adapters/postgres';
import { createRedisStore } from '@baton/adapters/redis';
import { createSqliteStore } from '@baton/adapters/sqlite';
import type { WorkflowStore } from '@baton/core';
import { afterEach, describe, expect, it } from 'vitest';
import {
  postgresMissing,
  startPrivatePostgres,
} from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import {
  redisMissing,
  startRedis,
} from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { auditWorkflow, sumUp } from './audit.ts';
import { PROJECT, STARTED_AT, seatsOver, startWorkflow } from './fleet.ts';
import { checkCalls, createHistory } from './history.ts';
import { createRandom } from './random.ts';
import { recount } from './recount.ts';
import { localCrews } from './sites/local-crew.ts';
import { mountSmallDisk, type SmallDisk, smallDiskMissing } from './small-disk.ts';

/** A store on the small disk. */
interface Place {
  readonly store: WorkflowStore;
  /** Space that is left when the clients begin, in bytes. */
  readonly room: number;
  /** Starts the server again, if there is one and it has given up. */
  recover(): Promise<void>;
}

const WORKFLOWS = 6;
const noWait = async (): Promise<void> => {};

describe.skipIf(smallDiskMissing())('a disk that is full', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const places: Record<string, (disk: SmallDisk) => Promise<Place>> = {
    /** With `appendfsync always` a server that cannot write ends itself. */
    async Redis(disk) {
      const redis = await startRedis(['--dir', disk.folder]);
      ends.push(() => redis.destroy());
      const store = await createRedisStore({
        connection: redis.url,
        commandTimeoutMs: 500,
        warn() {},
      });
      const recover = async (): Promise<void> => {
        await redis.kill();
        await redis.restart();
      };
      return { store, room: 200_000, recover };
    },
    async PostgreSQL(disk) {
      const postgres = await startPrivatePostgres(['max_wal_size=32MB'], disk.folder);
      ends.push(() => postgres.destroy());
      const store = await createPostgresStore({ connection: postgres.url, queryTimeoutMs: 1000 });
      const recover = async (): Promise<void> => {
        await postgres.kill();
        await postgres.start();
      };
      return { store, room: 200_000, recover };
    },
    async SQLite(disk) {
      const store = await createSqliteStore({ path: join(disk.folder, 'full.db') });
      return { store, room: 400_000, recover: noWait };
    },
  };
  const missing: Record<string, () => unknown> = {
    Redis: redisMissing,
    PostgreSQL: postgresMissing,
  };

  for (const [kind, open] of Object.entries(places)) {
    const what = `${kind}: is unavailable, loses nothing acknowledged, and goes on when there is room`;
    it.skipIf(missing[kind]?.())(what, async () => {
      const disk = mountSmallDisk(kind === 'PostgreSQL' ? 128 : 16);
      ends.push(() => disk.destroy());
      const { store, room, recover } = await open(disk);
      ends.push(() => store.close());
      const history = createHistory();
      const workflows: string[] = [];
      const [seat] = seatsOver([store]);
      for (let i = 0; i < WORKFLOWS && seat !== undefined; i++) {
        workflows.push(await startWorkflow(seat.baton, `b${i}`, noWait));
      }
      let unavailable = 0;
      const random = createRandom(1);
      disk.leave(room);
      const crew = await localCrews(
        [store, store],
        6,
      )({
        name: 'c',
        random,
        workflows,
        record(call) {
          history.record(call);
          if (call.outcome.kind === 'unknown' && call.outcome.code === 'unavailable') unavailable++;
        },
      });
      await expect.poll(() => unavailable).toBeGreaterThan(10);
      disk.clear();
      await recover();
      const answered = history.answered;
      await expect.poll(() => history.answered).toBeGreaterThan(answered + 50);
      await crew.stop();

      for (const id of workflows) {
        expect(checkCalls(history.calls(id), STARTED_AT)).toEqual({ kind: 'linearizable' });
      }
      const audits = workflows.map((id) => auditWorkflow(store, id, history.calls(id)));
      const audit = sumUp(await Promise.all(audits));
      expect(audit).toMatchObject({ lost: [], doubled: [], flaws: [] });
      expect(audit.acknowledged).toBeGreaterThan(20);
      expect(await recount(store, PROJECT)).toEqual([]);
    });
  }
});
