import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { endRecordedGroups, hasRecordedGroups, recordGroupsIn } from './group-records.ts';
import { startOf } from './linux-processes.ts';

const GROUP_RECORDS = new URL('group-records.ts', import.meta.url).href;
const READS = 2000;
/** Milliseconds after which the recorder and its reader give up: no timeout of a test ends such loops. */
const MOST_MS = 30_000;

const onLinux = test.runIf(process.platform === 'linux');

function recorded() {
  const place = temporaryFolder();
  const folders = {
    gitDir: join(place, 'git'),
    records: join(place, 'records'),
    worktree: join(place, 'worktree'),
  };
  for (const folder of [folders.gitDir, folders.worktree]) mkdirSync(folder);
  writeFileSync(join(folders.worktree, '.git'), `gitdir: ${folders.gitDir}\n`);
  recordGroupsIn(folders.gitDir, folders.records);
  return folders;
}

onLinux('a record that can be read is whole', () => {
  const { records, worktree } = recorded();
  const code = `
    import { groupRecorder } from ${JSON.stringify(GROUP_RECORDS)};
    const record = groupRecorder(${JSON.stringify(worktree)});
    for (const until = Date.now() + ${MOST_MS}; Date.now() < until; ) record(process.pid)();
  `;
  const recorder = spawn(
    process.execPath,
    ['--conditions=baton-source', '--no-warnings', '--input-type=module', '-e', code],
    { stdio: 'ignore' },
  );
  onTestFinished(async () => {
    const ended = once(recorder, 'exit');
    if (recorder.kill('SIGKILL')) await ended;
  });
  const path = join(records, String(recorder.pid));
  const read: string[] = [];
  for (const until = Date.now() + MOST_MS; read.length < READS && Date.now() < until; ) {
    try {
      read.push(readFileSync(path, 'utf8'));
    } catch {
      // There is no record at the moment.
    }
  }
  expect(read).toHaveLength(READS);
  expect(new Set(read)).toEqual(new Set([startOf(Number(recorder.pid))]));
});

onLinux.each([
  ['before it was filled', () => ''],
  ['before it had its name', (leader: number) => String(startOf(leader))],
])('a group is ended whose record was left %s', async (_, left) => {
  const { records, worktree } = recorded();
  const command = spawn('sleep', ['60'], { cwd: worktree, detached: true, stdio: 'ignore' });
  onTestFinished(() => void command.kill('SIGKILL'));
  await once(command, 'spawn');
  const leader = Number(command.pid);
  const ended = once(command, 'exit');
  writeFileSync(join(records, `${leader}.new`), left(leader));
  expect(hasRecordedGroups(records, worktree)).toBe(true);
  await endRecordedGroups(records, worktree);
  await ended;
  expect(readdirSync(records)).toEqual([]);
});
