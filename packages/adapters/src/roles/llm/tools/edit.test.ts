import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../secrets/create-redactor.ts';
import { folderWorkspace } from '../../testing/folder-workspace.ts';
import { placeIn, problem, use } from '../testing/tool-use.ts';
import { deleteTool, editTool, writeTool } from './edit.ts';

describe('write, edit and delete', () => {
  it('write with folders, replacing what was there', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'old' });
    expect(await use(writeTool, { path: 'x/y/ä.ts', content: 'ä' }, workspace)).toBe(
      'wrote 2 bytes to x/y/ä.ts',
    );
    await use(writeTool, { path: 'a.ts', content: '' }, workspace);
    expect([workspace.read('x/y/ä.ts'), workspace.read('a.ts')]).toEqual(['ä', '']);
    expect(await problem(writeTool, { path: 'x', content: '' }, workspace)).toContain(
      'not a regular file',
    );
  });

  it('edit neither changes a masked secret, nor tells whether a guess of it is right', async () => {
    const secret = 'correct-horse-battery';
    const place = {
      ...placeIn(folderWorkspace({ 'a.txt': `word=${secret}\nname=x-y\n` })),
      redact: createRedactor({ values: [secret] }),
    };
    const tell = (old: string, replacement: string, replaceAll = false) =>
      editTool.run({ path: 'a.txt', old, new: replacement, replaceAll }, place).then(
        (text) => text,
        (reason: Error) => reason.message,
      );
    const before = await place.workspace.digest();
    expect(await tell('-', '~', true)).toContain('would change a secret in a.txt');
    for (const guess of ['correct-h', 'correct-x']) {
      expect(await tell(guess, 'x')).toContain('`old` is not in a.txt');
    }
    expect(await place.workspace.digest()).toBe(before);
    expect(await tell('name=x-y', 'name=z')).toContain('replaced 1 occurrence');
  });

  it('edit what is there exactly once', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'a b a' });
    const edit = (old: string, replacement: string, replaceAll?: boolean) => ({
      path: 'a.ts',
      old,
      new: replacement,
      ...(replaceAll && { replaceAll }),
    });
    expect(await problem(editTool, edit('c', 'x'), workspace)).toContain('is not in a.ts');
    expect(await problem(editTool, edit('a', 'x'), workspace)).toContain('2 times, expected once');
    await use(editTool, edit('b', '$& $1'), workspace);
    expect(workspace.read('a.ts')).toBe('a $& $1 a');
    expect(await use(editTool, edit('a', 'c', true), workspace)).toContain('2 occurrences');
    expect(workspace.read('a.ts')).toBe('c $& $1 c');
  });

  it('never put the mask of a secret in its place', async () => {
    const workspace = folderWorkspace({ '.env': 'KEY=abc\nPORT=1\n', 'doc.md': 'a [secret]' });
    const masked = { path: '.env', content: 'KEY=[secret]\nPORT=2\n' };
    expect(await problem(writeTool, masked, workspace)).toContain('edit around it');
    const edit = { path: '.env', old: 'PORT=1', new: 'KEY=[secret]' };
    expect(await problem(editTool, edit, workspace)).toContain('edit around it');
    expect(workspace.read('.env')).toBe('KEY=abc\nPORT=1\n');
    await use(editTool, { path: 'doc.md', old: 'a', new: 'b [secret]' }, workspace);
  });

  it('delete files only', async () => {
    const workspace = folderWorkspace({ 'a.ts': '', 'b/c.ts': '' });
    await use(deleteTool, { path: 'a.ts' }, workspace);
    expect(workspace.list()).toEqual(['b/c.ts']);
    expect(await problem(deleteTool, { path: 'a.ts' }, workspace)).toContain('no such file');
    expect(await problem(deleteTool, { path: 'b' }, workspace)).toContain('not a regular file');
  });
});
