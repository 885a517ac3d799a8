import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { freePort } from '../../testing/free-port.ts';

/** Sentinels of the tests' own, which watch one master under the name `main`. */
export interface PrivateSentinels {
  readonly ports: readonly number[];
  /** The port of the master, as a sentinel knows it. */
  masterPort(): Promise<number>;
  /** Has a replica promoted. It waits for a failover that is under way already. */
  failOver(): Promise<void>;
  /** Resolves when every sentinel knows the others and so many replicas. */
  knowReplicas(count: number): Promise<void>;
  destroy(): Promise<void>;
}

export interface SentinelsOptions {
  readonly count: number;
  /** Where the master listens. */
  readonly masterPort: number;
  /** Lines of their configuration files, `port` among them; by default they listen without TLS. */
  readonly settings?: (port: number) => readonly string[];
  /** How to connect to one. */
  readonly client?: Pick<RedisOptions, 'tls'>;
}

/** Milliseconds of silence after which a master counts as down. */
const DOWN_AFTER_MS = 500;

/** They look around as often as a test has patience for. */
const PERIODS = [
  ['PUBLISH-PERIOD', '200'],
  ['INFO-PERIOD', '500'],
  ['ASK-PERIOD', '200'],
  // One that got no processor for two seconds distrusts its clock and, by default, does nothing for 30.
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
      // A failover that came to nothing is tried again after twice as long.
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

  /** What a sentinel says of the master, names and values by turns. */
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
      // A process that has just been killed may still be writing.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}
