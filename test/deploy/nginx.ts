import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { leaveBehind } from '../leftovers.ts';
import type { Balancer } from './balancer.ts';

/** `fail_timeout` of a server, after which calls are sent to it again. */
const FAIL_TIMEOUT_MS = 2_000;

function findNginx(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'nginx')).find((file) => existsSync(file));
}

/** Whether to skip suites that need it: prints a warning, and throws in CI. */
export function nginxMissing(): boolean {
  if (findNginx() !== undefined) return false;
  const reason = 'no nginx found: its tests need nginx on the PATH or in /usr/sbin';
  if (process.env['CI']) throw new Error(reason);
  console.warn(`SKIPPED: ${reason}`);
  return true;
}

/** @param configuration what belongs in /etc/nginx/conf.d. */
export async function startNginx(
  folder: string,
  port: number,
  configuration: string,
): Promise<Balancer> {
  const [main, log] = [join(folder, 'nginx.conf'), join(folder, 'access.log')];
  writeFileSync(join(folder, 'baton.conf'), configuration);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    main,
    `daemon off; pid ${folder}/nginx.pid; error_log stderr;
    events {}
    http {
      log_format answers '$status $upstream_status';
      access_log ${log} answers;
      ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
      include ${folder}/baton.conf;
    }`,
  );
  const child: ChildProcess = spawn(findNginx() ?? 'nginx', ['-c', main, '-e', 'stderr'], {
    stdio: 'pipe',
  });
  // With its workers, which outlive a killed master.
  leaveBehind(() => child.kill('SIGTERM'));
  let logged = '';
  child.stderr?.on('data', (chunk) => {
    logged += chunk;
  });
  await until(async () => child.exitCode !== null || (await listens(port)));
  if (child.exitCode !== null) throw new Error(`nginx has ended: ${logged}`);
  return {
    isUp: () => sleep(FAIL_TIMEOUT_MS),
    async told() {
      const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
      const [failed, again] = [/^5/, /, /].map((of) => lines.filter((line) => of.test(line)));
      return [
        `${lines.length} requests, ${failed?.length} of 5xx, ${again?.length} sent to the other server`,
      ];
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
