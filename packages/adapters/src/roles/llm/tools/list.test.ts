import { describe, expect, it } from 'vitest';
import { folderWorkspace } from '../../testing/folder-workspace.ts';
import { problem, use } from '../testing/tool-use.ts';
import { listTool } from './read.ts';

describe('list', () => {
  it('shows levels, without private folders and what is foreign', async () => {
    const workspace = folderWorkspace({
      'a/b/c.ts': '',
      'a/d.ts': '',
      'node_modules/x/y.js': '',
      '.baton/z': '',
    });
    expect(await use(listTool, {}, workspace)).toBe('a/\na/b/\na/d.ts\nnode_modules/');
    expect(await use(listTool, { path: 'a', depth: 3 }, workspace)).toBe('a/b/\na/b/c.ts\na/d.ts');
    expect(await problem(listTool, { path: 'nowhere' }, workspace)).toContain('no such folder');
  });

  it('is bounded', async () => {
    const names = Array.from({ length: 600 }, (_, i) => [`f${i}`, ''] as const);
    const listed = await use(listTool, {}, folderWorkspace(Object.fromEntries(names)));
    expect(listed.split('\n')).toHaveLength(501);
    expect(listed).toContain('[more entries left out');
  });
});
