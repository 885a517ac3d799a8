import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../secrets/create-redactor.ts';
import { WAIT_MS } from '../../../testing/patience.ts';
import { createTestRepository } from '../../../workspace/testing/test-repository.ts';
import { folderWorkspace } from '../../testing/folder-workspace.ts';
import { placeIn, problem, use } from '../testing/tool-use.ts';
import { createSearchTool, searchTool } from './search.ts';

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

  it('ends a pattern that takes all memory', async () => {
    const pattern = '((a{1,200}){1,200}){1,200}';
    const search = createSearchTool({ memoryBytes: 2 ** 27, timeoutMs: WAIT_MS });
    const ended = await problem(search, { pattern, regex: true }, workspace({ a: 'a' }));
    expect(ended).toMatch(/the search was ended: it used \d+ MiB of memory/);
  });

  it('ends a pattern that takes for ever', async () => {
    const pattern = '(a*)*(a*)*\\1\\2x';
    const search = createSearchTool({ timeoutMs: 200, memoryBytes: Infinity });
    const files = workspace({ a: `${'a'.repeat(5000)}!\n` });
    const ended = await problem(search, { pattern, regex: true }, files);
    expect(ended).toBe('the search took too long: narrow it');
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

  it('finds what a role tries to hide by rules, attributes and characters of its own', async () => {
    const repository = createTestRepository({ 'a.ts': 'a' });
    const opened = await repository.provider().open('w1', undefined);
    mkdirSync(join(opened.path, 'src'));
    writeFileSync(join(opened.path, 'src', 'evil.ts'), 'needle');
    writeFileSync(join(opened.path, 'nul.ts'), 'needle // \0');
    writeFileSync(join(opened.path, '.gitignore'), 'src/\n');
    writeFileSync(join(opened.path, '.gitattributes'), '* binary\n');
    expect(await use(searchTool, { pattern: 'needle' }, opened)).toBe(
      'nul.ts:1:needle // \0\nsrc/evil.ts:1:needle',
    );
    expect(await use(searchTool, { pattern: 'needle', path: 'src' }, opened)).toBe(
      'src/evil.ts:1:needle',
    );
  });

  it('passes over what is no text', async () => {
    const files = workspace({ 'a.txt': 'needle' });
    files.write('b.png', Buffer.from('needle\0\xff', 'latin1'));
    expect(await use(searchTool, { pattern: 'needle' }, files)).toBe('a.txt:1:needle');
  });

  describe('in files with secrets', () => {
    const redact = createRedactor({ values: ['hunter22'] });
    const body = Array.from({ length: 5 }, (_, line) => `MIIEvQIBADANBgkqhkiG9w0BAQ${line}`);
    const key = ['-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----'].join('\n');
    const files = () =>
      workspace({
        'a.txt': 'needle 1\n',
        'b/key.pem': `needle 2\n${key}\nneedle 3\n`,
        'c.env': 'KEY=hunter22 needle\n',
        'd.txt': 'needle 4\n',
        '.baton/x': 'hunter22 needle',
      });
    const search = (input: object) => searchTool.run(input, { ...placeIn(files()), redact });

    it('finds what stands beside them, in its place', async () => {
      expect(await search({ pattern: 'needle' })).toBe(
        [
          'a.txt:1:needle 1',
          'b/key.pem:1:needle 2',
          'b/key.pem:9:needle 3',
          'c.env:1:KEY=[secret] needle',
          'd.txt:1:needle 4',
        ].join('\n'),
      );
      expect(await search({ pattern: 'needle', path: 'b' })).toBe(
        'b/key.pem:1:needle 2\nb/key.pem:9:needle 3',
      );
    });

    it('finds no line of a key', async () => {
      expect(await search({ pattern: 'MIIEvQ' })).toBe('(no matches)');
      expect(await search({ pattern: '^[A-Za-z0-9]{20,}$', regex: true })).toBe('(no matches)');
    });

    it('does not tell whether a guess is right', async () => {
      for (const guess of ['KEY=h', 'KEY=x', '^KEY=[a-m]']) {
        expect(await search({ pattern: guess, regex: true })).toBe('(no matches)');
      }
      for (const guess of ['h', 'x']) {
        const found = await search({ pattern: `KEY=${guess}|KEY=.secret`, regex: true });
        expect(found).toBe('c.env:1:KEY=[secret] needle');
      }
    });
  });

  it('leaves out files that are too large to be masked', async () => {
    const big = `${'x'.repeat(1023)}\n`.repeat(9 * 1024);
    const found = await use(
      searchTool,
      { pattern: 'needle' },
      workspace({ a: 'needle', big: `${big}needle` }),
    );
    expect(found).toBe('a:1:needle\n[left out, larger than 8388608 bytes: big]');
  });
});
