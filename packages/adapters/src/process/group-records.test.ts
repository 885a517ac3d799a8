import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recordGroupsIn } from './group-records.ts';
import { startOf } from './linux-processes.ts';

const GROUP_RECORDS = new URL('group-records.ts', import.meta.url).href;
const READS = 2000;

test.runIf(process.platform === 'linux')('a record that can be read is whole', () => {
  const place = mkdtempSync(join(tmpdir(), 'baton-groups-'));
  const [gitDir, records, worktree] = ['git', 'records', 'worktree'].map((one) => join(place, one));
  if (!(gitDir && records && worktree)) throw new Error('unreachable');
  for (const folder of [gitDir, worktree]) mkdirSync(folder);
  writeFileSync(join(worktree, '.git'), `gitdir: ${gitDir}\n`);
  recordGroupsIn(gitDir, records);
  const code = `
    import { groupRecorder } from ${JSON.stringify(GROUP_RECORDS)};
    const record = groupRecorder(${JSON.stringify(worktree)});
    for (;;) record(process.pid)();
  `;
  const recorder = spawn(
    process.execPath,
    ['--conditions=baton-source', '--no-warnings', '--input-type=module', '-e', code],
    { stdio: 'ignore' },
  );
  onTestFinished(() => void recorder.kill('SIGKILL'));
  const path = join(records, String(recorder.pid));
  const read: string[] = [];
  while (read.length < READS) {
    try {
      read.push(readFileSync(path, 'utf8'));
    } catch {
      // There is no record at the moment.
    }
  }
  expect(new Set(read)).toEqual(new Set([startOf(Number(recorder.pid))]));
});
