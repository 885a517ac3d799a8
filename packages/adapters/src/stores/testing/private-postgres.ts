import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdtempSync,
  rmSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../../testing/free-port.ts';

const execute = promisify(execFile);

/** A PostgreSQL server for the tests, in a temporary folder, with fsync as in production. */
export interface PrivatePostgres {
  readonly url: string;
  readonly port: number;
  /** Kills every process of the server at once, like a power cut. */
  kill(): Promise<void>;
  /** Starts the server again on its data and port; resolves when it answers. */
  start(): Promise<void>;
  /** Stops every process of the server (SIGSTOP) until {@link resume}. */
  pause(): void;
  resume(): void;
  /** Copies the data of a stopped server; replaces an earlier copy. */
  keepCopy(): Promise<void>;
  /** Restores the copy of the data of a stopped server. */
  putBackCopy(): Promise<void>;
  /** Runs SQL on a separate connection. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  destroy(): Promise<void>;
}

/** The folder of `initdb` and `postgres`: on the PATH, or in Debian's place. */
function findPostgres(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':');
  const debian = globSync('/usr/lib/postgresql/*/bin').sort((a, b) => version(b) - version(a));
  return [...folders, ...debian].find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  );
}

/** Whether to skip suites that need a server: prints a warning, and throws in CI. */
export function postgresMissing(): boolean {
  if (findPostgres() !== undefined) return false;
  const reason = 'no PostgreSQL found: its tests need initdb and postgres on the PATH';
  if (process.env['CI']) throw new Error(reason);
  console.warn(`SKIPPED: ${reason}`);
  return true;
}

/**
 * @param parent folder to create its folder in. Default: the system's temporary folder.
 * @param tls PEM files; without them, the server has no TLS.
 */
export async function startPrivatePostgres(
  settings: readonly string[] = [],
  parent = tmpdir(),
  tls?: { readonly cert: string; readonly key: string },
): Promise<PrivatePostgres> {
  const binaries = findPostgres();
  if (binaries === undefined) throw new Error('no PostgreSQL found');
  const user = unprivilegedUser();
  const folder = mkdtempSync(join(parent, 'baton-postgres-'));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const copy = join(folder, 'copy');
  const init = ['-D', data, '-U', 'baton', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(binaries, 'initdb'), init, { cwd: folder, stdio: 'pipe', ...user });
  const tlsSettings = (['cert', 'key'] as const).flatMap((name) => {
    if (tls === undefined) return [];
    // A copy with its own mode: PostgreSQL refuses a key that others may read.
    const copy = join(folder, `${name}.pem`);
    copyFileSync(tls[name], copy);
    chmodSync(copy, 0o600);
    if (user !== undefined) chownSync(copy, user.uid, user.gid);
    return `ssl_${name}_file=${copy}`;
  });
  const port = await freePort();
  const url = `postgres://baton@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;

  async function query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  async function start(): Promise<void> {
    const options = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${folder}`,
      ...tlsSettings,
      `ssl=${tls === undefined ? 'off' : 'on'}`,
    ];
    const args = [...options, ...settings].flatMap((option) => ['-c', option]);
    // A killed server may leave shared memory for a moment: retry until it answers.
    for (let tries = 0; ; tries++) {
      server = spawn(join(binaries as string, 'postgres'), ['-D', data, ...args], {
        cwd: folder,
        stdio: 'ignore',
        ...user,
      });
      while (server.exitCode === null) {
        try {
          await query('SELECT 1');
          return;
        } catch {
          await sleep(20);
        }
      }
      if (tries > 100) throw new Error(`the server in ${folder} does not start`);
      await sleep(50);
    }
  }

  /** Signals the server and its children, each of which has its own process group. */
  function signalAll(signal: NodeJS.Signals): void {
    if (server?.pid === undefined || server.exitCode !== null) return;
    // Stop it first: it could start another child meanwhile.
    server.kill('SIGSTOP');
    const found = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    for (const line of found.split('\n')) {
      const [pid, parent] = line.trim().split(/\s+/).map(Number);
      if (parent !== server.pid || pid === undefined) continue;
      try {
        process.kill(pid, signal);
      } catch {
        // It has exited by itself.
      }
    }
    server.kill(signal);
  }

  async function kill(): Promise<void> {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    signalAll('SIGKILL');
    await ended;
  }

  /** Copies with the owners that the server requires, without the pid file of the dead server. */
  async function replace(to: string, from: string): Promise<void> {
    if (server?.exitCode === null && server.signalCode === null) throw new Error('it is running');
    await rm(to, { recursive: true, force: true });
    await execute('cp', ['-a', from, to]);
    await rm(join(to, 'postmaster.pid'), { force: true });
  }

  // Kills the server when the test process exits without destroying it.
  const atExit = (): void => signalAll('SIGKILL');
  process.on('exit', atExit);
  await start();
  return {
    url,
    port,
    kill,
    start,
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    keepCopy: () => replace(copy, data),
    putBackCopy: () => replace(data, copy),
    query,
    async destroy() {
      await kill();
      process.off('exit', atExit);
      rmSync(folder, { recursive: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** PostgreSQL refuses to run as root. */
export function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function version(folder: string): number {
  return Number(dirname(folder).split('/').at(-1)) || 0;
}
