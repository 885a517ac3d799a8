import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresStore } from '@baton/adapters/postgres';
import { createRedisStore } from '@baton/adapters/redis';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { createOrchestrator, type WorkflowStore } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  postgresMissing,
  startPrivatePostgres,
} from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import {
  redisMissing,
  startRedis,
} from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { WAIT_MS } from '../../packages/adapters/src/testing/patience.ts';
import { builtScript } from '../../scripts/built.ts';
import { recount } from './recount.ts';
import { inspect } from './trail.ts';

const SCRIPT = await builtScript('test/chaos/zombie-process.ts');
const LEASE_MS = 3000;

/** A store of the test's own, and where another process finds it. */
interface Place {
  readonly store: WorkflowStore;
  readonly address: string;
}

describe('a writer that is paused past its lease between its decision and its commit', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const places: Record<string, () => Promise<Place>> = {
    async redis() {
      const redis = await startRedis();
      ends.push(() => redis.destroy());
      const store = await createRedisStore({ connection: redis.url, warn() {} });
      return { store, address: redis.url };
    },
    async postgres() {
      const postgres = await startPrivatePostgres();
      ends.push(() => postgres.destroy());
      const store = await createPostgresStore({ connection: postgres.url });
      return { store, address: postgres.url };
    },
    async sqlite() {
      const folder = mkdtempSync(join(tmpdir(), 'baton-zombie-'));
      ends.push(() => rmSync(folder, { recursive: true }));
      const address = join(folder, 'zombie.db');
      return { store: await createSqliteStore({ path: address }), address };
    },
  };
  const missing: Record<string, () => unknown> = { redis: redisMissing, postgres: postgresMissing };

  for (const [kind, open] of Object.entries(places)) {
    it.skipIf(missing[kind]?.())(`is refused when it goes on: ${kind}`, async () => {
      const { store, address } = await open();
      ends.push(() => store.close());
      const baton = createOrchestrator({ store });
      const build = { projectId: 'p', buildId: 'b', userId: 'ada', requirements: {} };
      const { workflowId } = await baton.start(build);
      const argv = ['--no-warnings', SCRIPT];
      const zombie = spawn(process.execPath, [...argv, kind, address, workflowId], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      ends.push(() => zombie.kill('SIGKILL'));
      const lines = createInterface({ input: zombie.stdout })[Symbol.asyncIterator]();
      expect((await lines.next()).value).toBe('stopped');
      const stoppedAt = performance.now();

      const work = { workflowId, role: 'q_assistant', completedState: 'discovery' };
      const result = { ...passingOutputs.discovery };
      // No other caller may advance while the lease lasts.
      const early = baton.advance({ ...work, result });
      await expect(early).rejects.toMatchObject({ code: 'stale_claim' });
      await sleep(LEASE_MS - (performance.now() - stoppedAt));
      const next = { workflowId, worker: 'next', roles: ['q_assistant'], leaseMs: 60_000 };
      // When the lease is over the store's clock says, which is not quite this one.
      const { claim } = await vi.waitFor(() => baton.claim(next), { timeout: WAIT_MS });

      zombie.kill('SIGCONT');
      expect((await lines.next()).value).toBe('stale_claim');
      const overtaken = { ...work, result, claimToken: claim.token };
      expect(await baton.advance(overtaken)).toMatchObject({ state: 'planning', revision: 4 });
      expect((await store.load(workflowId, 'zombie'))?.reply).toBeUndefined();
      expect(await inspect(store, 'p')).toEqual([]);
      expect(await recount(store, 'p')).toEqual([]);
    });
  }
});
