import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../../testing/free-port.ts';

/** A redis-server with its own port and folder, removed by `destroy`. */
export interface PrivateRedis {
  readonly port: number;
  readonly url: string;
  /** Folder of its append-only file. */
  readonly folder: string;
  /** A new client; `destroy` closes it. */
  connect(): Redis;
  /** Sends a signal, default SIGKILL, after which it waits for the process to exit. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and folder, after `kill`. */
  restart(): Promise<void>;
  destroy(): Promise<void>;
}

/** Every acknowledged write is on disk. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];

/**
 * Why there is no server to test with; undefined when there is one. With `CI` set it throws instead: a store
 * that is not tested there is a failure.
 */
export function redisMissing(): string | undefined {
  const { error } = spawnSync('redis-server', ['--version']);
  if (error === undefined) return undefined;
  const reason = `redis-server cannot be started (${error.message}): install it to run these tests`;
  if (process.env['CI']) throw new Error(reason);
  console.error(`SKIPPED: ${reason}`);
  return reason;
}

/** @param settings command-line settings in addition to, or instead of, the durable ones. */
export async function startRedis(settings: readonly string[] = []): Promise<PrivateRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-redis-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const clients: Redis[] = [];
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    server = spawn('redis-server', [...args, ...DURABLE, ...settings], { stdio: 'ignore' });
    // By default, the driver waits a second for a loading server.
    const client = connect(false);
    while ((await client.ping().catch(() => undefined)) === undefined) await sleep(5);
    client.disconnect();
  }

  function connect(enableReadyCheck = true): Redis {
    const options = { maxRetriesPerRequest: null, retryStrategy: () => 10, enableReadyCheck };
    const client = new Redis(port, '127.0.0.1', options);
    client.on('error', () => {});
    clients.push(client);
    return client;
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = signal === 'SIGKILL' ? once(server, 'exit') : undefined;
    server.kill(signal);
    await ended;
  }

  // Kills the server when the test process exits without destroying it.
  const atExit = (): void => void server?.kill('SIGKILL');
  process.on('exit', atExit);
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    folder,
    connect: () => connect(),
    kill,
    restart: start,
    async destroy() {
      for (const client of clients) client.disconnect();
      await kill();
      process.off('exit', atExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
