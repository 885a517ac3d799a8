import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTestRepository } from '../../../workspace/testing/test-repository.ts';
import { folderWorkspace } from '../../testing/folder-workspace.ts';
import { problem, use } from '../testing/tool-use.ts';
import { searchTool } from './search.ts';

describe('search', () => {
  const workspace = folderWorkspace;

  it('finds text and patterns', async () => {
    const files = workspace({
      'src/a.ts': 'let x = f(1);\nf(2)\n',
      'b.md': 'F(1)',
      '.baton/c': 'f(1)',
    });
    expect(await use(searchTool, { pattern: 'f(1)' }, files)).toBe('src/a.ts:1:let x = f(1);');
    expect(await use(searchTool, { pattern: 'f\\([0-9]', regex: true, path: 'src' }, files)).toBe(
      'src/a.ts:1:let x = f(1);\nsrc/a.ts:2:f(2)',
    );
    expect(await use(searchTool, { pattern: 'f(1)', ignoreCase: true, path: 'b.md' }, files)).toBe(
      'b.md:1:F(1)',
    );
    expect(await use(searchTool, { pattern: 'nothing' }, files)).toBe('(no matches)');
    expect(await use(searchTool, { pattern: '--help' }, files)).toBe('(no matches)');
  });

  it('cuts long lines and many of them', async () => {
    const files = workspace({ 'a.ts': `x${'y'.repeat(1000)}\n`, 'b.ts': 'x\n'.repeat(100) });
    const found = (await use(searchTool, { pattern: 'x' }, files)).split('\n');
    expect(found[0]?.length).toBe(301);
    expect(found).toHaveLength(51);
  });

  it('says what is wrong with a pattern', async () => {
    const input = { pattern: '(', regex: true };
    expect(await problem(searchTool, input, workspace({ a: '' }))).toContain('the search failed');
    expect(await problem(searchTool, { pattern: 'a\nb' }, workspace())).toContain('one line');
  });

  it('leaves out what git ignores, and finds what is new', async () => {
    const repository = createTestRepository({ 'a.ts': 'needle', '.gitignore': 'out/' });
    const opened = await repository.provider().open('w1', undefined);
    mkdirSync(join(opened.path, 'out'));
    writeFileSync(join(opened.path, 'out', 'x.ts'), 'needle');
    writeFileSync(join(opened.path, 'new.ts'), 'needle');
    expect(await use(searchTool, { pattern: 'needle' }, opened)).toBe(
      'a.ts:1:needle\nnew.ts:1:needle',
    );
  });
});
