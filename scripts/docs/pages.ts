// Every page that the documentation checks read.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.ts';

export interface Page {
  /** From the root of the repository, such as `docs/faq.md`. */
  readonly path: string;
  readonly text: string;
}

const PATTERNS = [
  'README.md',
  'CONTRIBUTING.md',
  'packages/*/README.md',
  'proto/README.md',
  'docs/*.md',
  'docs/{tutorial,guides,reference,explanation}/*.md',
];

export function pages(): readonly Page[] {
  return globSync(PATTERNS, { cwd: root })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}
