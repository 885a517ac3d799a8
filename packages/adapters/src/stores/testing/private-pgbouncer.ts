import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../testing/free-port.ts';
import { type PrivatePostgres, unprivilegedUser } from './private-postgres.ts';

/** PgBouncer in front of a {@link PrivatePostgres}, from Debian's package. */
export interface PrivatePgBouncer {
  readonly url: string;
  destroy(): Promise<void>;
}

/** Whether to skip suites that need PgBouncer: prints a warning, and throws in CI. */
export function pgBouncerMissing(): boolean {
  try {
    execFileSync('pgbouncer', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    const reason = 'no PgBouncer found: its tests need pgbouncer on the PATH';
    if (process.env['CI']) throw new Error(reason);
    console.warn(`SKIPPED: ${reason}`);
    return true;
  }
}

/** @param settings further lines of its configuration. */
export async function startPgBouncer(
  { port: serverPort }: PrivatePostgres,
  mode: 'session' | 'transaction',
  settings: readonly string[] = [],
): Promise<PrivatePgBouncer> {
  const user = unprivilegedUser();
  const folder = mkdtempSync(join(tmpdir(), 'baton-pgbouncer-'));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const port = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `postgres = host=127.0.0.1 port=${serverPort} user=baton`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
    ...settings,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o644 });
  const bouncer = spawn('pgbouncer', ['-q', file], { cwd: folder, stdio: 'ignore', ...user });
  const url = `postgres://baton@127.0.0.1:${port}/postgres`;
  while (!(await answers(url))) {
    if (bouncer.exitCode !== null) throw new Error(`PgBouncer in ${folder} does not start`);
    await sleep(20);
  }
  return {
    url,
    async destroy() {
      const ended = once(bouncer, 'exit');
      bouncer.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
