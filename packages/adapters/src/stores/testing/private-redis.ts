import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../../testing/free-port.ts';

/** A redis-server of its own: own port, own folder, gone when it is destroyed. */
export interface PrivateRedis {
  readonly port: number;
  readonly url: string;
  /** Where its append-only file is. */
  readonly folder: string;
  /** A connection of its own; `destroy` closes it. */
  connect(): Redis;
  /** Sends a signal, SIGKILL by default, after which it waits for the end of the process. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and folder, after `kill`. */
  restart(): Promise<void>;
  destroy(): Promise<void>;
}

/** Every acknowledged write is on the disk. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];

/**
 * Why there is no server to test with, if so. With `CI` set this throws instead: a store that is
 * not tested there is a failure.
 */
export function redisMissing(): string | undefined {
  const { error } = spawnSync('redis-server', ['--version']);
  if (error === undefined) return undefined;
  const reason = `redis-server cannot be started (${error.message}): install it to run these tests`;
  if (process.env['CI']) throw new Error(reason);
  console.error(`SKIPPED: ${reason}`);
  return reason;
}

/** @param settings command-line settings on top of, or instead of, the durable ones. */
export async function startRedis(settings: readonly string[] = []): Promise<PrivateRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-redis-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const clients: Redis[] = [];
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    server = spawn('redis-server', [...args, ...DURABLE, ...settings], { stdio: 'ignore' });
    // By itself the driver waits a second for a server that is still loading.
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

  // Whoever ends without having destroyed it must not leave it running.
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
