import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '@baton/core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createTestRepository, writeFiles } from '../../workspace/testing/test-repository.ts';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { openCassette } from './cassette.ts';
import { recordingRole } from './recording-role.ts';

const advance: Outcome = { kind: 'advance', result: { summary: 'done', changedFiles: ['a'] } };

/** The recording of a role that runs `work`. */
async function recorded(context: ReturnType<typeof contextOf>, work: () => void) {
  const cassette = openCassette(join(temporaryFolder(), 'cassette.json'));
  const role = roleOf('code_writer', () => {
    work();
    return advance;
  });
  await recordingRole(role, cassette).perform(assignmentOf(), context);
  return (await cassette.entries())[0]?.files ?? {};
}

it('records the files that digests speak of, whatever ignore files the role writes', async () => {
  const repository = createTestRepository({ '.gitignore': 'dist/\n', 'a.txt': '1' });
  const workspace = await repository.provider().open('w', undefined);
  const files = await recorded(contextOf(workspace), () => {
    writeFiles(workspace.path, {
      'a.txt': '2',
      '.gitignore': '*\n!dist/\n',
      'dist/out.js': 'built',
      'ünï.txt': 'named',
      'nested/inner.txt': 'inner',
    });
    execFileSync('git', ['init', '--quiet', 'nested'], { cwd: workspace.path });
  });
  expect(Object.keys(files)).toEqual(['.gitignore', 'a.txt', 'nested/inner.txt', 'ünï.txt']);
});

it('records what the role did, not what was done before it, and what it put back', async () => {
  const workspace = folderWorkspace({ lock: 'old', kept: 'old', gone: 'old', back: 'old' });
  // Written before the role, as by the command that installs.
  workspace.write('lock', 'installed');
  workspace.write('kept', 'installed');
  workspace.write('back', 'installed');
  workspace.write('extra', 'installed');
  rmSync(join(workspace.path, 'gone'));
  const files = await recorded(contextOf(workspace), () => {
    workspace.write('lock', 'locked');
    workspace.write('back', 'old');
    rmSync(join(workspace.path, 'extra'));
  });
  expect(files).toEqual({
    lock: { mode: '100644', encoding: 'utf8', content: 'locked' },
    back: { mode: '100644', encoding: 'utf8', content: 'old' },
    extra: { deleted: true },
  });
});

it('refuses a name that is no text: its replay would write another', async () => {
  const repository = createTestRepository();
  const workspace = await repository.provider().open('w', undefined);
  const recording = recorded(contextOf(workspace), () => {
    writeFileSync(Buffer.concat([Buffer.from(`${workspace.path}/x`), Buffer.from([0xff])]), '');
  });
  expect((await failure(recording)).message).toContain('expected file names in UTF-8');
});
