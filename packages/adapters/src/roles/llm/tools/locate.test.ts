import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWorkspace } from '../../testing/folder-workspace.ts';
import { problem } from '../testing/tool-use.ts';
import { diffTool } from './diff.ts';
import { deleteTool, editTool, writeTool } from './edit.ts';
import { listTool, readTool } from './read.ts';
import type { RoleTool } from './role-tool.ts';
import { searchTool } from './search.ts';

describe('the jail', () => {
  /** A workspace with private folders, and links to them and out of it. */
  function jailed() {
    const workspace = folderWorkspace({ '.git/config': 'x', '.baton/state': 'x', 'a.ts': 'a' });
    mkdirSync(join(workspace.path, 'sub'));
    for (const [link, target] of [
      ['to-git', '.git'],
      ['to-baton', '.baton'],
      ['to-root', '/'],
      ['to-file', 'a.ts'],
      ['dangling', '.baton/new'],
    ] as const) {
      symlinkSync(target, join(workspace.path, link));
    }
    return workspace;
  }
  const inputs: [RoleTool, (path: string) => object][] = [
    [readTool, (path) => ({ path })],
    [listTool, (path) => ({ path })],
    [searchTool, (path) => ({ path, pattern: 'x' })],
    [diffTool, (path) => ({ path })],
    [writeTool, (path) => ({ path, content: 'evil' })],
    [editTool, (path) => ({ path, old: 'x', new: 'evil' })],
    [deleteTool, (path) => ({ path })],
  ];

  it.each(inputs.map(([tool, input]) => [tool.name, tool, input] as const))(
    'keeps %s inside and out of the private folders',
    async (_, tool, input) => {
      const workspace = jailed();
      for (const path of [
        '..',
        '/etc/passwd',
        'sub/../../x',
        'to-root/etc/passwd',
        '.git/config',
        '.GIT/config',
        '.baton/state',
        'sub/.baton/x',
        'to-git/config',
        'to-baton/state',
      ]) {
        expect(await problem(tool, input(path), workspace), path).toMatch(/refused|leads out of/);
      }
      expect(workspace.read('.git/config')).toBe('x');
      expect(workspace.read('.baton/state')).toBe('x');
    },
  );

  it('lets nothing be written through a link', async () => {
    const workspace = jailed();
    const written = { path: 'to-file', content: 'evil' };
    expect(await problem(writeTool, written, workspace)).toContain('is a symbolic link');
    const dangling = { path: 'dangling', content: 'evil' };
    expect(await problem(writeTool, dangling, workspace)).toMatch(/symbolic link|refused/);
    expect(workspace.read('a.ts')).toBe('a');
    expect(existsSync(join(workspace.path, '.baton/new'))).toBe(false);
  });
});
