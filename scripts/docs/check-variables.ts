import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.ts';
import type { Page } from './pages.ts';

const PAGE = 'docs/reference/environment.md';
/** Reads such as `env['BATON_HOME']`. */
const READ = /\benv(?:ironment)?\['(BATON_[A-Z_]+)'\]/g;

/** Variables of Baton that the code reads and the reference does not name. */
export function checkVariables(pages: readonly Page[]): readonly string[] {
  const text = pages.find(({ path }) => path === PAGE)?.text ?? '';
  const files = globSync('packages/*/src/**/*.ts', { cwd: root });
  const read = files
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(READ)])
    .map(([, name = '']) => name);
  return [...new Set(read)]
    .filter((name) => !text.includes(`\`${name}\``))
    .map((name) => `${PAGE}: the code reads ${name}, which it does not name`);
}
