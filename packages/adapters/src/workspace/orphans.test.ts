import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../testing/until.ts';
import { createTestRepository, type TestRepository } from './testing/test-repository.ts';

const RUN_COMMAND = new URL('../roles/command/index.ts', import.meta.url).href;

/** A process that runs a shell script in `cwd` as a command role would. */
function runner(cwd: string, script: string): ChildProcess {
  const code = `
    import { runCommand } from ${JSON.stringify(RUN_COMMAND)};
    await runCommand({ argv: ['sh', '-c', ${JSON.stringify(script)}], cwd: ${JSON.stringify(cwd)} });
  `;
  const child = spawn(
    process.execPath,
    ['--conditions=baton-source', '--no-warnings', '--input-type=module', '-e', code],
    { stdio: 'ignore' },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Long enough for whatever the script would have done next. */
const LATER_MS = 700;
const SLOW = 'touch begun; sleep 0.6; touch ended';

const recordsOf = ({ build }: TestRepository) => readdirSync(build('w').groups);

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'a command whose runner got %s does not write into the files of the next attempt',
  async (signal) => {
    const repository = createTestRepository();
    const { path } = await repository.provider().open('w', undefined);
    const child = runner(path, SLOW);
    await until(() => existsSync(join(path, 'begun')) && recordsOf(repository).length > 0);
    child.kill(signal);
    await repository.provider().open('w', undefined);
    await sleep(LATER_MS);
    expect(readdirSync(path).sort()).toEqual(['.git', 'a.txt']);
    expect(recordsOf(repository)).toEqual([]);
  },
);

test.runIf(process.platform === 'linux')(
  'nor does one that its leader left behind, in a folder below',
  async () => {
    const repository = createTestRepository({ 'dir/a.txt': 'a\n' });
    const { path } = await repository.provider().open('w', undefined);
    const script = `cd dir; (${SLOW}) & until [ -e go ]; do sleep 0.01; done; exec sleep 0.05`;
    const child = runner(path, script);
    await until(() => existsSync(join(path, 'dir/begun')) && recordsOf(repository).length > 0);
    child.kill('SIGKILL');
    writeFileSync(join(path, 'dir/go'), '');
    await sleep(200);
    await repository.provider().open('w', undefined);
    await sleep(LATER_MS);
    expect(readdirSync(join(path, 'dir'))).toEqual(['a.txt']);
  },
);

test('a command that has a session of its own stays, as it may be what was deployed', async () => {
  const repository = createTestRepository();
  const { path } = await repository.provider().open('w', undefined);
  const daemon = "setsid sh -c 'echo $$ > ../daemon; exec sleep 30' & touch begun; sleep 30";
  const child = runner(path, daemon);
  const pidFile = join(path, '../daemon');
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
  child.kill('SIGKILL');
  await repository.provider().open('w', undefined);
  // Throws when the process does not exist.
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
});

test('a process that got the id of a recorded command is left alone', async () => {
  const repository = createTestRepository();
  const { path } = await repository.provider().open('w', undefined);
  const other = spawn('sleep', ['30'], { detached: true, stdio: 'ignore', cwd: path });
  onTestFinished(() => void other.kill('SIGKILL'));
  await until(() => other.pid !== undefined);
  writeFileSync(join(repository.build('w').groups, String(other.pid)), 'began at another time');
  await repository.provider().open('w', undefined);
  await sleep(50);
  expect([other.exitCode, other.signalCode]).toEqual([null, null]);
  expect(recordsOf(repository)).toEqual([]);
});

test('a command that has ended leaves no record', async () => {
  const repository = createTestRepository();
  const { path } = await repository.provider().open('w', undefined);
  const child = runner(path, 'sleep 0.2');
  await until(() => recordsOf(repository).length > 0);
  await until(() => child.exitCode !== null);
  expect(recordsOf(repository)).toEqual([]);
});

/** A `git` after whose first `times` restores another process writes into the worktree. */
function createMeddledGit({ env, home }: TestRepository, file: string, times: number) {
  writeFileSync(
    join(home, 'git'),
    `#!/bin/sh
PATH='${env['PATH']}'
git "$@" || exit
case "$*" in *"--others --directory"*) echo >> '${home}/restores'; [ $(wc -l < '${home}/restores') -le ${times} ] && echo x > '${file}' ;; esac
true
`,
    { mode: 0o755 },
  );
  return { PATH: home };
}

test.each([
  ['once, is restored all the same', 1, true],
  ['time and again, is tried again later', 99, false],
] as const)(
  'a workspace that another process writes into while it is restored, %s',
  async (_, times, restored) => {
    const repository = createTestRepository();
    const { path } = await repository.provider().open('w', undefined);
    const late = join(path, 'late.txt');
    writeFileSync(join(path, 'a.txt'), 'spoiled');
    const opening = repository
      .provider(createMeddledGit(repository, late, times))
      .open('w', undefined);
    if (restored) {
      await opening;
      expect(existsSync(late)).toBe(false);
    } else {
      await expect(opening).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    }
  },
);
