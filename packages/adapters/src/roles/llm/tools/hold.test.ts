import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '@baton/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { makePipe } from '../../../workspace/testing/test-repository.ts';
import { folderWorkspace } from '../../testing/folder-workspace.ts';
import { use } from '../testing/tool-use.ts';
import { diffTool } from './diff.ts';
import { deleteTool, editTool, writeTool } from './edit.ts';
import { deleteAt, inFolder, readAt, writeAt } from './hold.ts';
import { listTool, readTool } from './read.ts';
import type { RoleTool } from './role-tool.ts';
import { searchTool } from './search.ts';

/** Content that only a link leads to. */
const SECRET = 'what lies outside';

/** A folder that became a link to another folder after its path was checked. */
function replacedFolder(): { readonly place: string; readonly outside: string } {
  const outside = temporaryFolder();
  writeFileSync(join(outside, 'a.txt'), SECRET);
  const root = temporaryFolder();
  symlinkSync(outside, join(root, 'sub'));
  return { place: join(root, 'sub', 'a.txt'), outside };
}

describe('a folder that was replaced by a link after its path was checked', () => {
  const REPLACED = 'was replaced while it was used: try again';

  it('is not read', async () => {
    const { place } = replacedFolder();
    await expect(readAt(place, 1000)).rejects.toThrow(`a.txt ${REPLACED}`);
    const names = inFolder(join(place, '..'), async () => 'listed');
    await expect(names).rejects.toThrow(/replaced|ENOTDIR|ELOOP/);
  });

  it('is neither written nor made', async () => {
    const { place, outside } = replacedFolder();
    await expect(writeAt(place, 'evil')).rejects.toThrow('a.txt cannot be used: ENOTDIR');
    const made = join(place, '..', 'new', 'deep', 'b.txt');
    await expect(writeAt(made, 'evil')).rejects.toThrow(/cannot be used/);
    expect(await readAt(join(outside, 'a.txt'), 1000)).toMatchObject({ kind: 'bytes' });
    expect(existsSync(join(outside, 'new'))).toBe(false);
  });

  it('loses no file', async () => {
    const { place, outside } = replacedFolder();
    await expect(deleteAt(place)).rejects.toThrow(/cannot be used/);
    expect(existsSync(join(outside, 'a.txt'))).toBe(true);
  });
});

it('reads no link, no pipe and no more than it should, and never blocks', async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'a.txt'), 'four');
  symlinkSync('a.txt', join(root, 'link'));
  makePipe(join(root, 'pipe'));
  expect(await readAt(join(root, 'link'), 10)).toEqual({ kind: 'no_file' });
  expect(await readAt(join(root, 'pipe'), 10)).toEqual({ kind: 'no_file' });
  expect(await readAt(root, 10)).toEqual({ kind: 'no_file' });
  expect(await readAt(join(root, 'a.txt'), 3)).toEqual({ kind: 'too_large', size: 4 });
  expect(await readAt(join(root, 'b.txt'), 3)).toEqual({ kind: 'absent' });
  await expect(writeAt(join(root, 'pipe'), 'x')).rejects.toThrow('pipe cannot be used: ENXIO');
  await expect(writeAt(join(root, 'link'), 'x')).rejects.toThrow('link cannot be used: ELOOP');
});

/** Swaps a folder and a link to `outside` until the test ends, as a process left behind could. */
async function swapped(workspace: Workspace, outside: string): Promise<void> {
  const code = `
    const { renameSync } = require('node:fs');
    process.chdir(process.argv[1]);
    for (;;) { renameSync('sub', '.kept'); renameSync('.link', 'sub'); renameSync('sub', '.link'); renameSync('.kept', 'sub'); }`;
  symlinkSync(outside, join(workspace.path, '.link'));
  const process_ = spawn(process.execPath, ['-e', code, workspace.path], { stdio: 'ignore' });
  onTestFinished(() => void process_.kill('SIGKILL'));
  await once(process_, 'spawn');
}

/** Runs each tool for a while; errors are results of the race. */
const TRIES_MS = 1500;

const RACES: readonly (readonly [RoleTool, object])[] = [
  [readTool, { path: 'sub/a.txt' }],
  [listTool, { path: 'sub' }],
  [searchTool, { pattern: 'lies', path: 'sub' }],
  [diffTool, { path: 'sub' }],
  [writeTool, { path: 'sub/b.txt', content: 'evil' }],
  [editTool, { path: 'sub/c.txt', old: 'right', new: 'right evil' }],
  [deleteTool, { path: 'sub/d.txt' }],
];

it.each(RACES.map(([tool, input]) => [tool.name, tool, input] as const))(
  '%s stays inside while a process swaps a folder and a link',
  async (_, tool, input) => {
    const outside = temporaryFolder();
    const kept = { 'a.txt': SECRET, 'c.txt': 'right', 'd.txt': 'kept', 'outside.txt': SECRET };
    for (const [name, text] of Object.entries(kept)) writeFileSync(join(outside, name), text);
    const workspace = folderWorkspace({ 'sub/a.txt': 'inside\nlies\n', 'sub/c.txt': 'right' });
    // The original files: those of the other folder do not belong to the workspace.
    const files = workspace.list();
    const still: Workspace = {
      ...workspace,
      files: async () => files,
      changedFiles: async () => ['sub/a.txt'],
    };
    await swapped(workspace, outside);
    const until = Date.now() + TRIES_MS;
    for (let tries = 0; Date.now() < until || tries < 20; tries += 1) {
      writeFileSync(join(workspace.path, 'd.txt'), 'd');
      const said = await use(tool, input, still).catch((reason: Error) => reason.message);
      expect(said).not.toContain(SECRET);
      expect(said).not.toContain('outside.txt');
    }
    for (const [name, text] of Object.entries(kept)) {
      expect(readFileSync(join(outside, name), 'utf8')).toBe(text);
    }
    expect(existsSync(join(outside, 'b.txt'))).toBe(false);
  },
);
