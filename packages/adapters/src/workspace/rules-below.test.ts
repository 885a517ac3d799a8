import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { rulesBelow } from './ignore-rules.ts';

/** Folders with rules, including the root; their names are full of characters of globs and line endings. */
const FOLDERS = ['', 'a/', 'a/b/', 'odd[x]*/', 'new\nline \\/', 'a/b/c/'];
/** Folders without rules that a careless glob would confuse with those. */
const DECOYS = ['oddx/', 'oddxy/', 'new\tline \\/', 'new\x7fline \\/', 'newline \\/'];
const NAMES = ['x', 'a', 'b', 'xa.log', ' ', '#h', '!n', 'b ', 'bb', '*'];

const bytes = (text: string) => Buffer.from(text, 'latin1');

/** A git repository with each of `NAMES` in each of these folders and one level below. */
function createTree(): string {
  const root = temporaryFolder();
  execFileSync('git', ['init', '--quiet', root]);
  for (const folder of [...FOLDERS, ...DECOYS]) {
    for (const place of [folder, `${folder}deep/`]) {
      mkdirSync(join(root, place), { recursive: true });
      for (const name of NAMES) {
        if (FOLDERS.includes(`${place}${name}/`)) continue;
        writeFileSync(join(root, place, name), '');
      }
    }
  }
  return root;
}

/** Compares what git lists with the rules in place and with the rules rewritten for the root. */
function comparing(root: string, rules: readonly string[]) {
  const list = (...options: string[]) =>
    execFileSync('git', ['ls-files', '-z', '--others', ...options], {
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
      encoding: 'latin1',
    }).split('\0');
  const ignored = FOLDERS.map((folder, at) => {
    writeFileSync(join(root, folder, '.gitignore'), bytes(rules[at] ?? ''));
    return rulesBelow(folder, rules[at] ?? '');
  });
  const file = join(root, '.git', 'rewritten');
  writeFileSync(file, bytes(ignored.join('')));
  return { inPlace: list('--exclude-standard'), rewritten: list(`--exclude-from=${file}`) };
}

const ODD_RULES = [
  ...['x', '/x', 'x/', '*', '!x', '*.log', 'deep', 'deep/', '/deep/', 'deep/x', '**', '**/x', 'b/'],
  ...['deep/**', '**/deep/*', '!deep/', 'a/**/x', '#h', '\\#h', '\\!n', '!!n', ' ', '\\ ', 'b\\ '],
  ...[
    'b  ',
    '/',
    '//',
    '//x',
    '!',
    '!/',
    'x\\',
    '[x',
    '[!x]',
    'b*',
    '?',
    '\xef\xbb\xbfx',
    'x\r',
    '\0',
    '/*/',
  ],
  ...[
    'x\0y',
    '*/x',
    '**x',
    'x**',
    '/**',
    '../x',
    './x',
    'deep//x',
    '[[:alpha:]]',
    'X',
    'a[/]b',
    '\\*',
  ],
];

test('every kind of rule means the same at the root as in its folder', () => {
  const root = createTree();
  for (const rule of ODD_RULES) {
    for (const first of [0, 1]) {
      // Not in all folders at once, because they contain each other.
      const rules = FOLDERS.map((_, at) => (at % 2 === first ? `${rule}\n` : ''));
      const { inPlace, rewritten } = comparing(root, rules);
      expect({ rule, left: rewritten }).toEqual({ rule, left: inPlace });
    }
  }
});

test('a byte order mark, line ends of Windows and a missing last one are read as git reads them', () => {
  const root = createTree();
  const rules = FOLDERS.map(() => '\xef\xbb\xbfx\r\n\r\n*.log \r\n!b\rb\r\nbb\r');
  const { inPlace, rewritten } = comparing(root, rules);
  expect(rewritten).toEqual(inPlace);
  expect(inPlace).not.toContain('x');
});

test('rules of several folders keep their precedence', () => {
  const root = createTree();
  const line = fc.constantFrom(...ODD_RULES);
  const file = fc.array(line, { maxLength: 3 }).map((lines) => lines.join('\n'));
  const files = fc.tuple(...FOLDERS.map(() => file));
  fc.assert(
    fc.property(files, (rules) => {
      const { inPlace, rewritten } = comparing(root, rules);
      expect(rewritten).toEqual(inPlace);
    }),
    { numRuns: 25 },
  );
});
