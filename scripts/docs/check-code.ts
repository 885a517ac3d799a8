import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.ts';
import { type Fence, fences } from './markdown.ts';
import type { Page } from './pages.ts';

interface Snippet extends Fence {
  readonly page: string;
}

/** Below docs/, where the packages of this repository are found. */
const FOLDER = join(root, 'docs/.snippets');
const REFERENCES = ['core', 'adapters', 'wire', 'server', 'client', 'builds'];

/**
 * TypeScript that does not compile, and Python that is not well-formed. What a TypeScript snippet takes
 * for given stands in a comment above it that begins with `given:`; a comment `other: <what>` says that
 * it is not to be compiled.
 */
export function checkCode(pages: readonly Page[]): readonly string[] {
  const all = pages.flatMap(({ path, text }) =>
    fences(text)
      .filter(({ comment }) => !comment.startsWith('other:'))
      .map((fence): Snippet => ({ ...fence, page: path })),
  );
  return [
    ...compile(all.filter(({ language }) => language === 'ts')),
    ...all.filter(({ language }) => language === 'python').flatMap(pythonProblems),
  ];
}

function compile(snippets: readonly Snippet[]): readonly string[] {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(tsconfig()));
  for (const [index, snippet] of snippets.entries()) {
    writeFileSync(join(FOLDER, `${index}.ts`), `${given(snippet)}${snippet.code}\nexport {};\n`);
  }
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-b', FOLDER],
    { encoding: 'utf8', cwd: FOLDER },
  );
  const told = stdout.split('\n').filter((line) => line.includes('error TS'));
  rmSync(FOLDER, { recursive: true, force: true });
  return told.map((line) => located(line, snippets));
}

/** What is given, on lines of its own. */
function given({ comment }: Snippet): string {
  return comment.startsWith('given:') ? `${comment.slice('given:'.length).trim()}\n` : '';
}

/** A message of the compiler, with the place in the page. */
function located(message: string, snippets: readonly Snippet[]): string {
  const [, index = '', line = '', rest = ''] = /(\d+)\.ts\((\d+),\d+\): (.*)/.exec(message) ?? [];
  const snippet = snippets[Number(index)];
  if (index === '' || snippet === undefined) return message;
  const offset = given(snippet).split('\n').length - 1;
  return `${snippet.page}:${snippet.line + Number(line) - offset - 1}: ${rest}`;
}

function pythonProblems({ page, line, code }: Snippet): readonly string[] {
  const { status, stderr, error } = spawnSync(
    'python3',
    ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'],
    { input: code, encoding: 'utf8' },
  );
  if (error !== undefined) return [`${page}:${line}: python3 cannot be run: ${error.message}`];
  return status === 0 ? [] : [`${page}:${line}: ${stderr.trim().split('\n').at(-1)}`];
}

function tsconfig() {
  return {
    extends: '../../tsconfig.base.json',
    compilerOptions: { rootDir: '.', outDir: '.types' },
    include: ['*.ts'],
    references: [
      ...REFERENCES.map((name) => ({ path: `../../packages/${name}` })),
      { path: '../../proto' },
    ],
  };
}
