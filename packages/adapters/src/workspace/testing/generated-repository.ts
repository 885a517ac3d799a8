import { chmodSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { createTestRepository, type TestRepository } from './test-repository.ts';

/** Content that must not be in any git object: it is stored through a filter only. */
export const CLEAR = 'in-clear-';

const SETTINGS: readonly (readonly [string, string])[] = [
  ['core.autocrlf', 'true'],
  ['core.autocrlf', 'input'],
  ['core.eol', 'crlf'],
  ['core.fileMode', 'false'],
  ['merge.ff', 'false'],
  ['core.safecrlf', 'true'],
  ['status.showUntrackedFiles', 'no'],
  ['core.quotePath', 'true'],
];

const ATTRIBUTES: readonly string[] = [
  '* text=auto',
  '* text=auto eol=lf',
  '*.txt text',
  '*.txt -text',
  '*.bat text eol=crlf',
  '*.sh text eol=lf',
  '*.bin binary',
  '*.id ident',
  '*.id ident text',
  '*.u16 text working-tree-encoding=UTF-16LE',
  'deep/** eol=crlf',
  '*.txt filter=case',
];

const NAMES: readonly string[] = [
  ...['a.txt', 'b.txt', 'run.sh', 'start.bat', 'data.bin', 'version.id', 'wide.u16', 'no-ending'],
  ...['deep/er/x.txt', 'deep/y.bat', 'deep/z.bin', 'in/i.txt', 'out/o.txt', 'out/er/p.bin'],
  ...[
    'with space.txt',
    ' leading.txt',
    '-dash.txt',
    ':colon.txt',
    'quote"s.txt',
    'back\\slash.txt',
  ],
  ...[
    'new\nline.txt',
    'tab\t.txt',
    'ümläut.txt',
    '日本.txt',
    '*.txt',
    '[a].txt',
    '!bang.txt',
    '#hash.txt',
  ],
  ...['secret.enc', 'deep/secret.enc', 'ignored/by-rule.txt'],
];

const TEXTS: readonly string[] = [
  '',
  'one\n',
  'one\r\ntwo\r\n',
  'one\ntwo\r\n',
  'no end',
  '$Id$\nx\n',
  'Ä\n',
  'a\0b\r\n',
];

/** A change to a path. */
export type Change =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'mode'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'attributes'; readonly lines: readonly string[] };

export interface GeneratedBuild {
  readonly settings: readonly (readonly [string, string])[];
  readonly attributes: readonly string[];
  readonly files: readonly Change[];
  readonly submodule: 'none' | 'kept' | 'moved' | 'removed';
  readonly sparse: boolean;
  /** The changes of each attempt; the build is checkpointed and opened again in between. */
  readonly attempts: readonly (readonly Change[])[];
}

const path = fc.constantFrom(...NAMES);
const written = fc.record({ path, text: fc.constantFrom(...TEXTS) }).map(
  ({ path, text }): Change => ({
    kind: 'write',
    path,
    text: path.endsWith('.enc') ? `${CLEAR}${text}` : text,
  }),
);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: written },
  { weight: 1, arbitrary: path.map((path): Change => ({ kind: 'mode', path })) },
  { weight: 1, arbitrary: path.map((path): Change => ({ kind: 'link', path, to: 'a.txt' })) },
  { weight: 2, arbitrary: path.map((path): Change => ({ kind: 'remove', path })) },
);
const attributes = fc.subarray([...ATTRIBUTES], { maxLength: 4 });
const changes = fc
  .tuple(fc.array(change, { maxLength: 6 }), fc.option(attributes, { freq: 6, nil: undefined }))
  .map(([some, lines]): readonly Change[] =>
    lines === undefined ? some : [...some, { kind: 'attributes', lines }],
  );

export const generatedBuild: fc.Arbitrary<GeneratedBuild> = fc.record({
  settings: fc.subarray([...SETTINGS], { maxLength: 3 }),
  attributes,
  files: fc.array(change, { minLength: 1, maxLength: 14 }),
  submodule: fc.constantFrom('none', 'none', 'none', 'kept', 'moved', 'removed'),
  sparse: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  attempts: fc.array(changes, { minLength: 1, maxLength: 3 }),
});

/** Files with a filter that stands for encryption. */
const VAULT = '*.enc filter=vault';

/** Creates the generated repository of a user, with everything committed. */
export function makeGenerated(build: GeneratedBuild, library: TestRepository): TestRepository {
  // No attribute converts it. It is committed before there are any; git would report it as changed whenever
  // it compares the content.
  const repository = createTestRepository({ always: 'always\n' });
  const { git, path: root } = repository;
  const config = (name: string, value: string) => git(['config', name, value]);
  config('filter.vault.clean', "printf 'ENC:'; base64 -w0");
  config('filter.vault.smudge', 'sed s/^ENC:// | base64 -d');
  config('filter.vault.required', 'true');
  config('filter.case.clean', 'tr a-z A-Z');
  config('filter.case.smudge', 'tr A-Z a-z');
  for (const [name, value] of build.settings) config(name, value);
  writeFileSync(join(root, '.gitattributes'), `${[...build.attributes, VAULT].join('\n')}\n`);
  writeFileSync(join(root, '.gitignore'), 'ignored/\n');
  applyChanges(root, build.files);
  if (build.submodule !== 'none') {
    const allow = ['-c', 'protocol.file.allow=always', '-c', 'core.safecrlf=false'];
    git([...allow, 'submodule', '--quiet', 'add', '--force', library.path, 'lib']);
  }
  git(['-c', 'core.safecrlf=false', 'add', '--all']);
  git(['commit', '--quiet', '--message', 'generated']);
  if (build.sparse) git(['sparse-checkout', 'set', 'in', 'deep']);
  // The user's files are as git checks them out.
  git(['checkout', '--quiet', '--force', 'HEAD']);
  return repository;
}

/** Git accepts a file of another encoding only if it has that encoding. */
function encodingOf(path: string): 'utf16le' | 'utf8' {
  return path.endsWith('.u16') ? 'utf16le' : 'utf8';
}

/** Applies the changes below `root`. */
export function applyChanges(root: string, some: readonly Change[]): void {
  for (const change of some) {
    if (change.kind === 'attributes') {
      writeFileSync(join(root, '.gitattributes'), `${[...change.lines, VAULT].join('\n')}\n`);
      continue;
    }
    const place = join(root, change.path);
    const found = lstatSync(place, { throwIfNoEntry: false });
    if (change.kind === 'mode') {
      if (found?.isFile()) chmodSync(place, found.mode ^ 0o111);
      continue;
    }
    rmSync(place, { recursive: true, force: true });
    if (change.kind === 'remove') continue;
    mkdirSync(dirname(place), { recursive: true });
    if (change.kind === 'link') symlinkSync(change.to, place);
    else writeFileSync(place, change.text, encodingOf(change.path));
  }
}
