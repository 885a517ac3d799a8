import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.ts';
import { PACKAGES } from './public-exports.ts';

/** TypeScript out of a page or a docblock. */
export interface Snippet {
  /** The file it stands in, from the root. */
  readonly path: string;
  /** The line of the file on which the code begins, from 1. */
  readonly line: number;
  readonly code: string;
  /** Declarations that the snippet uses and does not show. */
  readonly given?: string;
}

/** Below docs/, where the packages of this repository are found. */
const FOLDER = join(root, 'docs/.snippets');

/** What the compiler says of the snippets, each a module of its own. */
export function compileSnippets(snippets: readonly Snippet[]): readonly string[] {
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
function given(snippet: Snippet): string {
  return snippet.given === undefined ? '' : `${snippet.given}\n`;
}

/** A message of the compiler, with the place in the file. */
function located(message: string, snippets: readonly Snippet[]): string {
  const [, index = '', line = '', rest = ''] = /(\d+)\.ts\((\d+),\d+\): (.*)/.exec(message) ?? [];
  const snippet = snippets[Number(index)];
  if (index === '' || snippet === undefined) return message;
  const offset = given(snippet).split('\n').length - 1;
  return `${snippet.path}:${snippet.line + Number(line) - offset - 1}: ${rest}`;
}

function tsconfig() {
  return {
    extends: '../../tsconfig.base.json',
    compilerOptions: { rootDir: '.', outDir: '.types' },
    include: ['*.ts'],
    references: [
      ...PACKAGES.map((name) => ({ path: `../../packages/${name}` })),
      { path: '../../proto' },
    ],
  };
}
