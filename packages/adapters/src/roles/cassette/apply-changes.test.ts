import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { applyChanges } from './apply-changes.ts';
import type { FileChange, WrittenFile } from './cassette-format.ts';

const file = (content: string, mode: WrittenFile['mode'] = '100644'): FileChange => ({
  mode,
  encoding: 'utf8',
  content,
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('changes from a cassette that was tampered with', () => {
  it.each<[string, FileChange]>([
    ['../escaped.txt', file('x')],
    ['a/../../escaped.txt', file('x')],
    ['/tmp/baton-escaped.txt', file('x')],
    ['./a.txt', file('x')],
    ['a//b', file('x')],
    ['', file('x')],
    ['../a.txt', { deleted: true }],
    ['.git/hooks/pre-commit', file('x', '100755')],
    ['sub/.GIT/config', file('x')],
    ['outside/escaped.txt', file('x')],
    ['outside/victim.txt', { deleted: true }],
    ['link', file('/etc', '120000')],
    ['link', file('../elsewhere', '120000')],
    ['sub/link', file('../../elsewhere', '120000')],
    ['link', { mode: '120000', encoding: 'base64', content: base64('../elsewhere') }],
    ['link', { mode: '120000', encoding: 'base64', content: base64('/etc') }],
    ['link', file('', '120000')],
    ['link', file('a\0b', '120000')],
  ])('are refused, all of them, when one is of %j: %j', async (path, change) => {
    const outside = folderWorkspace({ 'victim.txt': 'v' });
    const workspace = folderWorkspace({ 'a.txt': 'a' });
    symlinkSync(outside.path, join(workspace.path, 'outside'));
    const before = [workspace.list(), outside.list()];
    const error = await failure(applyChanges(workspace, { 'b.txt': file('b'), [path]: change }));
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
    expect([workspace.list(), outside.list()]).toEqual(before);
  });

  it('leave no link behind that leads out over another link', async () => {
    const workspace = folderWorkspace();
    symlinkSync(folderWorkspace().path, join(workspace.path, 'outside'));
    const change = file('outside/x', '120000');
    const error = await failure(applyChanges(workspace, { link: change }));
    expect(error.code).toBe('invalid_input');
    expect(workspace.list()).toEqual(['outside']);
  });

  it('replace a link that leads out instead of writing through it', async () => {
    const outside = folderWorkspace({ 'victim.txt': 'v' });
    const workspace = folderWorkspace();
    symlinkSync(join(outside.path, 'victim.txt'), join(workspace.path, 'link'));
    await applyChanges(workspace, { link: file('ours') });
    expect(workspace.read('link')).toBe('ours');
    expect(outside.read('victim.txt')).toBe('v');
  });
});
