import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRepository } from '../testing/git.ts';
import { until } from '../testing/until.ts';
import { executeGit, type GitRun } from './execute-git.ts';
import { createGit } from './git.ts';
import { runGit } from './git-host.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-git-host-'));
const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
createRepository(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A run of git that starts a shell. */
const shell = (script: string, more: Partial<GitRun> = {}): GitRun => ({
  ...{ args: ['-c', `alias.sh=!${script}`, 'sh'], cwd: folder, env },
  ...{ input: undefined, mayBeEnded: false, ...more },
});

/** The process that starts git. */
async function starter(): Promise<number> {
  const end = await runGit(shell('ps -o ppid= -p $PPID'));
  return Number('stdout' in end && end.stdout.toString());
}

/** The process that starts git, once it is none of these. */
async function hostOtherThan(...others: readonly number[]): Promise<number> {
  await until(async () => !others.includes(await starter()));
  return starter();
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('git that a process of its own runs', () => {
  beforeAll(() => hostOtherThan(process.pid));

  const bytes = Buffer.from([0, 255, 10, 195, 40]);
  test.for<[what: string, run: GitRun]>([
    ['bytes', shell('cat', { input: bytes })],
    ['a large output', shell('head -c 3000000 /dev/zero')],
    ['a failure', shell('echo no >&2; exit 7')],
    ['an input that is not read', shell('exit 0', { input: Buffer.alloc(1_000_000) })],
    ['its environment alone', shell('env | grep -v -e ^GIT -e ^PATH -e ^OLDPWD | sort')],
    ['another folder', shell('pwd', { cwd: tmpdir() })],
    ['a folder that is not there', shell('pwd', { cwd: join(folder, 'none') })],
    ['a PATH without git', shell('pwd', { env: { PATH: folder } })],
    ['an argument that none can have', { ...shell(''), args: ['a\0b'] }],
  ])('ends as git of this process does: %s', async ([, run]) => {
    expect(await runGit(run)).toEqual(await executeGit(run));
    expect(await starter()).not.toBe(process.pid);
  });

  test.for([
    ['a PATH without git', { PATH: folder }, folder, 'invalid_input', /^git was not found/],
    [
      'no such folder',
      env,
      join(folder, 'none'),
      'unavailable',
      /does not exist or is not a folder$/,
    ],
  ] as const)('%s is told as such', async ([, environment, cwd, code, message]) => {
    const git = createGit({ env: environment, lockWaitMs: 0 });
    const refused = expect.stringMatching(message);
    await expect(git(['version'], { cwd })).rejects.toMatchObject({ code, message: refused });
  });

  test('each run gets its own output', async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => i);
    const ends = await Promise.all(numbers.map((i) => runGit(shell(`echo ${i}`))));
    expect(ends.map((end) => 'stdout' in end && Number(end.stdout))).toEqual(numbers);
  });

  test.for(['while it runs', 'before'])(
    'is ended early, with what it started: %s',
    async (when) => {
      const name = `baton-sleeper-${process.pid}-${when.length}`;
      const script = `exec -a ${name} sleep 300`;
      const ending = new AbortController();
      if (when === 'before') ending.abort();
      const run = { ...shell(`bash -c '${script}' & wait`), mayBeEnded: true };
      const ended = runGit(run, ending.signal);
      if (when !== 'before') {
        await until(async () => (await pidsOf(name)).length > 0);
        ending.abort();
      }
      expect(await ended).toMatchObject({ code: -1, stderr: expect.stringContaining('SIGTERM') });
      await until(async () => (await pidsOf(name)).length === 0);
    },
  );

  test('a run is refused as unavailable when that process is killed, and the next ones go on', async () => {
    const host = await hostOtherThan(process.pid);
    const git = createGit({ env, lockWaitMs: 0 });
    const failed = git(['-c', 'alias.sh=!sleep 2', 'sh'], { cwd: folder }).catch(
      (reason: unknown) => reason,
    );
    process.kill(host, 'SIGKILL');
    expect(await failed).toMatchObject({
      code: 'unavailable',
      message: 'git -c failed: the process that runs git has ended',
    });
    expect(await starter()).toBe(process.pid);
    expect(await hostOtherThan(process.pid)).not.toBe(host);
  });

  test('after a large output another takes its place, once it has nothing to do', async () => {
    const host = await hostOtherThan(process.pid);
    const slow = runGit(shell('sleep 0.5; echo done'));
    const large = await runGit(shell('head -c 40000000 /dev/zero'));
    expect('stdout' in large && large.stdout.length).toBe(40_000_000);
    expect(isAlive(host)).toBe(true);
    expect(await hostOtherThan(process.pid)).not.toBe(host);
    expect(await slow).toMatchObject({ code: 0, stdout: Buffer.from('done\n') });
    await until(() => !isAlive(host));
  });

  test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'outlives %s, which is for the process that waits for git',
    async (signal) => {
      const host = await hostOtherThan(process.pid);
      const end = runGit(shell('sleep 0.5; echo done'));
      process.kill(host, signal);
      expect(await end).toMatchObject({ code: 0, stdout: Buffer.from('done\n') });
      expect(await starter()).toBe(host);
    },
  );
});

describe('the process that runs git', () => {
  /** A program that can run git, in a shell that has done `before`. */
  const programOf = (code: string, before = ':') => {
    const all = `import { runGit } from ${JSON.stringify(import.meta.resolve('./git-host.ts'))};
      const run = ${JSON.stringify(shell('ps -o ppid= -p $PPID'))};
      const runOnce = async () => Number((await runGit(run)).stdout);
      ${code}`;
    const args = ['--conditions=baton-source', '--input-type=module', '--eval', all];
    const command = ['-c', `${before}; exec "$0" "$@"`, process.execPath, ...args];
    return spawn('sh', command, { stdio: ['ignore', 'pipe', 'inherit'] });
  };

  /** A program that runs git until it has such a process, says which, and then does `more`. */
  const program = (more: string, before?: string) =>
    programOf(
      `let starter = process.pid;
      while (starter === process.pid) starter = await runOnce();
      console.log(starter);
      ${more}`,
      before,
    );

  const linesOf = async (child: ReturnType<typeof program>): Promise<readonly string[]> =>
    (await text(child.stdout)).trim().split('\n');

  test('finds a relative folder where the process that asks is', async () => {
    mkdirSync(join(folder, 'sub'), { recursive: true });
    const prefix = { ...shell(''), args: ['rev-parse', '--show-prefix'], cwd: '.' };
    const child = program(`process.chdir(${JSON.stringify(join(folder, 'sub'))});
      console.log(String((await runGit(${JSON.stringify(prefix)})).stdout).trim());`);
    expect(await linesOf(child)).toEqual([expect.any(String), 'sub/']);
  });

  test('outlives runs for which it has no descriptors left', async () => {
    const child = program(
      `const waiting = ${JSON.stringify(shell('sleep 1; echo'))};
      const ends = await Promise.all(Array.from({ length: 100 }, () => runGit(waiting)));
      console.log([...new Set(ends.map((end) => end.notStarted ?? end.code))].sort().join());
      console.log((await runOnce()) === starter);`,
      'ulimit -n 150',
    );
    expect(await linesOf(child)).toEqual([expect.any(String), '0,spawn git EMFILE', 'true']);
  });

  test.for([
    ['a path through a file', join(import.meta.filename, 'node')],
    ['no path', ''],
  ])('is not needed where it cannot be started: %s leads to no Node', async ([, execPath]) => {
    const child = programOf(`process.execPath = ${JSON.stringify(execPath)};
      for (let i = 0; i < 20; i++) console.log((await runOnce()) === process.pid);`);
    expect(await linesOf(child)).toEqual(Array(20).fill('true'));
  });

  test('lets a process end that has nothing else to do', async () => {
    const child = program('');
    const [line] = await once(createInterface(child.stdout), 'line');
    expect(await once(child, 'close')).toEqual([0, null]);
    await until(() => !isAlive(Number(line)));
  });

  test.runIf(process.getuid?.() === 0)('is not used by who has become another user', async () => {
    const child = program(`
      process.setuid(65534);
      console.log((await runGit({ ...run, cwd: '/' })).stdout.toString());`);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const { value: before } = await lines.next();
    expect(Number((await lines.next()).value)).toBe(child.pid);
    await until(() => !isAlive(Number(before)));
  });

  test('ends with a process that is killed', async () => {
    const child = program('setInterval(() => {}, 1000);');
    const [line] = await once(createInterface(child.stdout), 'line');
    expect(isAlive(Number(line))).toBe(true);
    child.kill('SIGKILL');
    await until(() => !isAlive(Number(line)));
  });
});

async function pidsOf(name: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,args=']);
  return stdout.split('\n').filter((line) => line.includes(`${name} 300`));
}
