import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { leaveBehind } from '../leftovers.ts';
import type { Balancer } from './balancer.ts';

/** What HAProxy counts of a server, or of a whole backend. */
type Counters = Readonly<Record<string, string>>;

function findHaproxy(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'haproxy')).find((file) => existsSync(file));
}

/** Whether to skip suites that need it: prints a warning, and throws in CI. */
export function haproxyMissing(): boolean {
  if (findHaproxy() !== undefined) return false;
  const reason = 'no HAProxy found: its tests need haproxy on the PATH or in /usr/sbin';
  if (process.env['CI']) throw new Error(reason);
  console.warn(`SKIPPED: ${reason}`);
  return true;
}

/** @param configuration has its socket in `folder`, as `admin.sock`. */
export async function startHaproxy(folder: string, configuration: string): Promise<Balancer> {
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, configuration);
  const child: ChildProcess = spawn(findHaproxy() ?? 'haproxy', ['-f', file], { stdio: 'pipe' });
  leaveBehind(() => child.kill('SIGKILL'));
  let logged = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      logged += chunk;
    });
  }
  /** By backend and server, such as `grpc/one` or `http/BACKEND`. */
  const stat = async (): Promise<ReadonlyMap<string, Counters>> => {
    const socket = connect(join(folder, 'admin.sock'));
    await once(socket, 'connect');
    socket.write('show stat\n');
    const [head = '', ...lines] = (await text(socket)).replace(/^# /, '').trim().split('\n');
    const names = head.split(',');
    return new Map(
      lines.map((line) => {
        const values = line.split(',');
        const counters = Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
        return [`${counters['pxname']}/${counters['svname']}`, counters] as const;
      }),
    );
  };
  const isUp = async () => {
    await until(
      async () => {
        if (child.exitCode !== null) return true;
        const servers = [...(await stat())].filter(([name]) => /\/(?:one|two)$/.test(name));
        return servers.length === 4 && servers.every(([, { status }]) => status === 'UP');
      },
      { failure: 'HAProxy does not find all servers up' },
    );
    if (child.exitCode !== null) throw new Error(`HAProxy has ended: ${logged}`);
  };
  await isUp();
  return {
    isUp,
    async told() {
      const counters = await stat();
      return ['grpc', 'http'].map((backend) => {
        const of = counters.get(`${backend}/BACKEND`) ?? {};
        return `${backend}: ${of['stot']} requests, ${of['hrsp_5xx']} of 5xx, ${of['wretr']} connections tried again, ${of['wredis']} sent to the other server`;
      });
    },
  };
}
