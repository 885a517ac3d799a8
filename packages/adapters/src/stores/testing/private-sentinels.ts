import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { freePort } from '../../testing/free-port.ts';

/** Sentinels for the tests that watch one master under the name `main`. */
export interface PrivateSentinels {
  readonly ports: readonly number[];
  /** The port of the master according to a sentinel. */
  masterPort(): Promise<number>;
  /** Promotes a replica. Waits for a failover that is already under way. */
  failOver(): Promise<void>;
  /** Resolves when every sentinel knows the others and this many replicas. */
  knowReplicas(count: number): Promise<void>;
  destroy(): Promise<void>;
}

export interface SentinelsOptions {
  readonly count: number;
  /** Port of the master. */
  readonly masterPort: number;
  /** Lines for their configuration files, including `port`. Default: they listen without TLS. */
  readonly settings?: (port: number) => readonly string[];
  /** How to connect to one. */
  readonly client?: Pick<RedisOptions, 'tls'>;
}

/** Milliseconds of silence after which a master counts as down. */
const DOWN_AFTER_MS = 500;

/** Check as often as a test can wait for. */
const PERIODS = [
  ['PUBLISH-PERIOD', '200'],
  ['INFO-PERIOD', '500'],
  ['ASK-PERIOD', '200'],
  // A sentinel without CPU for two seconds distrusts its clock and, by default, does nothing for 30.
  ['TILT-PERIOD', '500'],
];

export async function startSentinels({
  count,
  masterPort,
  settings = (port) => [`port ${port}`],
  client: clientOptions = {},
}: SentinelsOptions): Promise<PrivateSentinels> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-sentinels-'));
  const ports: number[] = [];
  const processes: ChildProcess[] = [];
  const clients: Redis[] = [];
  const quorum = Math.floor(count / 2) + 1;
  for (let i = 0; i < count; i++) {
    const port = await freePort();
    const file = join(folder, `${i}.conf`);
    const lines = [
      ...settings(port),
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor main 127.0.0.1 ${masterPort} ${quorum}`,
      `sentinel down-after-milliseconds main ${DOWN_AFTER_MS}`,
      // A failed failover is retried after twice this time.
      'sentinel failover-timeout main 2000',
    ];
    writeFileSync(file, lines.join('\n'));
    ports.push(port);
    processes.push(spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' }));
    const options = { ...clientOptions, maxRetriesPerRequest: null, retryStrategy: () => 20 };
    const client = new Redis(port, '127.0.0.1', options);
    client.on('error', () => {});
    clients.push(client);
    await client.call('SENTINEL', 'DEBUG', ...PERIODS.flat());
  }
  const atExit = (): void => processes.forEach((one) => void one.kill('SIGKILL'));
  process.on('exit', atExit);

  /** What a sentinel says about the master, names and values alternating. */
  async function masterOf(client: Redis): Promise<ReadonlyMap<string, string>> {
    const found = (await client.call('SENTINEL', 'MASTER', 'main')) as string[];
    return new Map(found.flatMap((name, i) => (i % 2 === 0 ? [[name, found[i + 1] ?? '']] : [])));
  }

  return {
    ports,
    masterPort: async () => Number((await masterOf(clients[0] as Redis)).get('port')),
    async failOver() {
      const started = () => clients[0]?.call('SENTINEL', 'FAILOVER', 'main').catch(() => undefined);
      while ((await started()) !== 'OK') await sleep(100);
    },
    async knowReplicas(replicas) {
      for (const client of clients) {
        for (;;) {
          const master = await masterOf(client);
          const [others, slaves] = [master.get('num-other-sentinels'), master.get('num-slaves')];
          if (others === String(count - 1) && slaves === String(replicas)) break;
          await sleep(50);
        }
      }
    },
    async destroy() {
      for (const client of clients) client.disconnect();
      atExit();
      process.off('exit', atExit);
      // A process that was just killed may still be writing.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}
