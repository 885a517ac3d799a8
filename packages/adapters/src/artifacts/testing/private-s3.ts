import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { freePort } from '../../testing/free-port.ts';
import { until } from '../../testing/until.ts';
import type { S3ArtifactStoreOptions } from '../s3/s3-artifact-store-options.ts';

const execute = promisify(execFile);

/** What brings the server: a monitor, one storage daemon that keeps all in memory, and the gateway that speaks S3. */
const BINARIES = ['ceph', 'ceph-authtool', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw'];
const ADMIN = 'radosgw-admin';

const USER = { accessKeyId: 'BATONTESTKEY', secretAccessKey: 'the secret of the tests' };

/** An S3 server for the tests (Ceph's), in a temporary folder. */
export interface PrivateS3 {
  /** Where artifacts can be opened. */
  readonly at: Required<Pick<S3ArtifactStoreOptions, 'bucket' | 'endpoint' | 'region'>> & {
    readonly credentials: typeof USER;
  };
  readonly port: number;
  /** Kills what speaks S3; the objects stay. */
  kill(): Promise<void>;
  /** Starts it again on its port; resolves when it answers. */
  start(): Promise<void>;
  keys(prefix: string): Promise<readonly string[]>;
  get(key: string): Promise<Buffer>;
  put(key: string, body: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
  destroy(): Promise<void>;
}

/** Whether to skip suites that need a server: prints a warning, and throws in CI. */
export function s3Missing(): boolean {
  const folders = (process.env['PATH'] ?? '').split(':');
  const isThere = (name: string) => folders.some((folder) => existsSync(join(folder, name)));
  const missing = [...BINARIES, ADMIN].filter((name) => !isThere(name));
  if (missing.length === 0) return false;
  const reason = `no S3 server found: its tests need ${missing.join(', ')} on the PATH (Debian: ceph-mon, ceph-osd, radosgw)`;
  if (process.env['CI']) throw new Error(reason);
  console.warn(`SKIPPED: ${reason}`);
  return true;
}

export async function startPrivateS3(): Promise<PrivateS3> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-s3-'));
  const config = join(folder, 'ceph.conf');
  const keyring = join(folder, 'keyring');
  const [monitorPort, port] = [await freePort(), await freePort()];
  const cluster = randomUUID();
  for (const name of ['mon', 'osd', 'rgw']) mkdirSync(join(folder, name));
  writeFileSync(config, settings(folder, cluster, monitorPort));
  const running = new Set<ChildProcess>();

  // Without a limit, a client waits long for a monitor that did not start.
  const run = (name: string, ...args: string[]) =>
    execute(name, ['-c', config, ...args], { timeout: 50_000 });

  function serve(name: string, ...args: string[]): ChildProcess {
    const server = spawn(name, ['-c', config, ...args, '-f'], { stdio: 'ignore', cwd: folder });
    running.add(server);
    server.once('exit', () => running.delete(server));
    return server;
  }

  const atExit = (): void => {
    for (const server of running) server.kill('SIGKILL');
  };
  process.on('exit', atExit);

  async function end(server: ChildProcess): Promise<void> {
    if (!running.has(server)) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }

  async function destroy(): Promise<void> {
    for (const server of running) await end(server);
    process.off('exit', atExit);
    rmSync(folder, { recursive: true, maxRetries: 10, retryDelay: 50 });
  }

  const endpoint = `http://127.0.0.1:${port}`;
  const at = { bucket: 'artifacts', endpoint, region: 'us-east-1', credentials: USER };
  let gateway: ChildProcess | undefined;

  async function start(): Promise<void> {
    gateway = serve(
      'radosgw',
      '-n',
      'client.admin',
      `--rgw-frontends=beast endpoint=127.0.0.1:${port} tcp_nodelay=1`,
    );
    const failure = `the gateway in ${folder} does not answer`;
    await until(async () => (await fetch(endpoint)).ok, { failure });
  }

  try {
    await makeKeys(keyring);
    const map = join(folder, 'monmap');
    const address = `[v2:127.0.0.1:${monitorPort}]`;
    await execute('monmaptool', ['--create', '--fsid', cluster, '--addv', 'a', address, map]);
    await run('ceph-mon', '-i', 'a', '--mkfs', '--monmap', map, '--keyring', keyring);
    serve('ceph-mon', '-i', 'a');
    const storage = randomUUID();
    await run('ceph', 'osd', 'new', storage);
    await run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', storage);
    serve('ceph-osd', '-i', '0');
    const { accessKeyId, secretAccessKey } = USER;
    const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
    await run(ADMIN, 'user', 'create', '--uid=baton', '--display-name=baton', ...keys);
    await start();
  } catch (reason) {
    await destroy();
    throw reason;
  }

  const client = new S3Client({ ...at, forcePathStyle: true });
  const object = (key: string) => ({ Bucket: at.bucket, Key: key });
  await client.send(new CreateBucketCommand({ Bucket: at.bucket }));
  return {
    at,
    port,
    start,
    async kill() {
      if (gateway !== undefined) await end(gateway);
    },
    async keys(prefix) {
      const asked = { Bucket: at.bucket, Prefix: prefix };
      const { Contents = [] } = await client.send(new ListObjectsV2Command(asked));
      return Contents.map(({ Key = '' }) => Key);
    },
    async get(key) {
      const { Body } = await client.send(new GetObjectCommand(object(key)));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async put(key, body) {
      await client.send(new PutObjectCommand({ ...object(key), Body: body }));
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand(object(key)));
    },
    async destroy() {
      client.destroy();
      await destroy();
    },
  };
}

async function makeKeys(keyring: string): Promise<void> {
  const all = (...daemons: string[]) => daemons.flatMap((daemon) => ['--cap', daemon, 'allow *']);
  await execute('ceph-authtool', [
    '--create-keyring',
    keyring,
    '--gen-key',
    '-n',
    'mon.',
    ...all('mon'),
  ]);
  for (const [name, caps] of [
    ['client.admin', all('mon', 'osd')],
    ['osd.0', ['--cap', 'mon', 'allow profile osd', ...all('osd')]],
  ] as const) {
    await execute('ceph-authtool', [keyring, '--gen-key', '-n', name, ...caps]);
  }
}

/** One of each daemon, everything once, and no waits between what the monitor decides. */
function settings(folder: string, cluster: string, monitorPort: number): string {
  return `
[global]
fsid = ${cluster}
mon host = [v2:127.0.0.1:${monitorPort}]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = ${folder}/keyring
run dir = ${folder}
admin socket =
pid file = ${folder}/$name.pid
log file = ${folder}/$name.log
mon data = ${folder}/mon
osd data = ${folder}/osd
rgw data = ${folder}/rgw
mon data avail warn = 1
mon data avail crit = 1
mon allow pool size one = true
mon max pg per osd = 1000
paxos propose interval = 0.01
paxos min wait = 0.01
osd objectstore = memstore
osd max object name len = 256
osd max object namespace len = 64
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
osd op num shards = 2
osd op num threads per shard = 1
rgw thread pool size = 32
rgw num rados handles = 1
rgw enable gc threads = false
rgw enable lc threads = false
rgw enable quota threads = false
rgw run sync thread = false
rgw dynamic resharding = false
`;
}
