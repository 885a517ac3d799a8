import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BatonClient, createBatonClient } from '@baton/client';
import { createRepository, gitIn } from '../../packages/adapters/src/testing/git.ts';
import { builtScript } from '../../scripts/built.ts';
import { createRandom } from '../chaos/random.ts';
import { type Audit, auditFleet } from './audit-fleet.ts';
import type { WorkerSettings } from './fleet-roles.ts';
import { freePort, listens, type Restarted, restarted } from './processes.ts';

/** A store that can be killed and started again. */
export interface KillableStore {
  readonly url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface FleetOptions {
  readonly store: KillableStore;
  /** An empty folder of its own. */
  readonly folder: string;
  readonly builds: number;
  readonly seed: number;
  readonly servers: number;
  readonly workers: number;
  /** Milliseconds between two kills. */
  readonly everyMs: number;
  readonly onProgress?: (complete: number) => void;
}

export interface FleetReport extends Audit {
  readonly kills: number;
  readonly pauses: number;
  readonly storeKills: number;
  /** Retries that an operator asked for, because a build had used up its attempts. */
  readonly operatorRetries: number;
}

/** Longer than a lease of the workers. */
const PAUSE_MS = 8000;
const RESTART_MS = 500;

/**
 * Performs builds by servers and workers in processes of their own, which are killed and paused all the time; half
 * way the store is killed. Returns what became of what was accepted.
 */
export async function runFleet(options: FleetOptions): Promise<FleetReport> {
  const { store, folder, builds, seed, everyMs } = options;
  const random = createRandom(seed);
  const remote = createRemote(folder);
  const ledger = join(folder, 'ledger');
  const ports = await Promise.all(Array.from({ length: options.servers }, freePort));
  const serverMain = await builtScript('packages/server/src/main.ts');
  const workerMain = await builtScript('test/fleet/worker-process.ts');
  const servers = await Promise.all(ports.map((port) => aServer(serverMain, store.url, port)));
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const workers = Array.from({ length: options.workers }, (_, i) => {
    const server = urls[i % urls.length] as string;
    const settings: WorkerSettings = {
      server,
      ...machine(folder, remote, i),
      remote,
      ledger,
      seed,
    };
    return restarted(settings.home, [workerMain, JSON.stringify(settings)], process.env);
  });
  const all: readonly Restarted[] = [...servers, ...workers];
  await Promise.all(all.map((one) => one.start()));
  const client = createBatonClient({ baseUrl: urls[0] as string, protocol: 'grpc' });

  const counts = { kills: 0, pauses: 0, storeKills: 0, operatorRetries: 0 };
  const away = new Set<Restarted>();
  const underWay = new Set<Promise<void>>();
  const track = (work: Promise<void>): void => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };
  let isOver = false;

  async function killOne(one: Restarted): Promise<void> {
    away.add(one);
    await one.kill();
    await sleep(RESTART_MS);
    await one.start();
    away.delete(one);
  }

  async function pauseOne(one: Restarted): Promise<void> {
    away.add(one);
    await one.pause(PAUSE_MS);
    away.delete(one);
  }

  async function nemesis(): Promise<void> {
    for (let round = 1; !isOver; round++) {
      await sleep(everyMs);
      const chosen = random.pick(all);
      if (away.has(chosen)) continue;
      if (round % 7 === 0) {
        counts.pauses++;
        track(pauseOne(chosen));
      } else {
        counts.kills++;
        track(killOne(chosen));
      }
    }
  }

  async function killStore(): Promise<void> {
    counts.storeKills++;
    await store.kill();
    await sleep(1000);
    await store.start();
  }

  const ids = await startAll(client, builds);
  const breaking = nemesis();
  const open = new Set(ids);
  while (open.size > 0) {
    await sleep(1000);
    for (const { workflowId, state } of await standings(client, [...open])) {
      if (state === 'complete') open.delete(workflowId);
      if (state !== 'error') continue;
      counts.operatorRetries++;
      await client
        .requestRetry({ workflowId, reason: 'its workers were killed' })
        .catch(() => undefined);
    }
    options.onProgress?.(builds - open.size);
    if (process.env['FLEET_DEBUG'])
      console.error(
        new Date().toISOString(),
        open.size,
        counts,
        [...away].map((o) => o.name),
      );
    if (counts.storeKills === 0 && open.size <= builds / 2) await killStore();
  }
  isOver = true;
  await breaking;
  await Promise.all(underWay);
  const audit = await auditFleet({ client, ids, ledger, remote });
  client.close();
  await Promise.all(all.map((one) => one.kill()));
  return { ...audit, ...counts };
}

function createRemote(folder: string): string {
  const origin = createRepository(join(folder, 'origin'));
  origin('commit', '--quiet', '--allow-empty', '--message', 'Begin');
  const remote = join(folder, 'remote.git');
  gitIn(folder, ['clone', '--quiet', '--bare', 'origin', remote]);
  return remote;
}

function machine(
  folder: string,
  remote: string,
  i: number,
): Pick<WorkerSettings, 'home' | 'repository'> {
  const home = join(folder, `worker-${i}`);
  mkdirSync(home);
  const repository = join(home, 'shop');
  gitIn(folder, ['clone', '--quiet', remote, repository]);
  return { home, repository };
}

async function aServer(main: string, store: string, port: number): Promise<Restarted> {
  const httpPort = await freePort();
  const env = {
    ...process.env,
    DATABASE_URL: store,
    BATON_GRPC_PORT: String(port),
    BATON_HTTP_PORT: String(httpPort),
    WORKFLOW_TIMEOUT: '86400',
    WORKFLOW_MAX_RETRIES: '1000',
    LOG_LEVEL: 'error',
  };
  return restarted(`server ${port}`, [main], env, () => listens(port));
}

async function startAll(client: BatonClient, builds: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let i = 0; i < builds; i++) {
    const build = { projectId: `p${i % 5}`, buildId: `b${i}`, userId: 'u', requestId: `r${i}` };
    ids.push((await client.start({ ...build, requirements: {} })).workflowId);
  }
  return ids;
}

/** Where builds stand; those whose server or store is away just now are left out. */
async function standings(client: BatonClient, ids: readonly string[]) {
  const found = [];
  for (const workflowId of ids) {
    const status = await client.status({ workflowId }).catch(() => undefined);
    if (status !== undefined) found.push(status);
  }
  return found;
}
