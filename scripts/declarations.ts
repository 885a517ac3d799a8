// The declarations of a package, from what `tsc -b` has made of its sources.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Where `tsc -b` puts them: `outDir` of each tsconfig.json. */
const MADE = '.types';
/** Where they are published, beside a file for each entry. */
const PUBLISHED = 'dist/types';

/** A module that a declaration names by its path. Words in comments are none. */
const SPECIFIER = /(?<=\bfrom |\bimport |\bimport\()(['"])(?<path>\.{1,2}\/[^'"]+)\.ts\1/g;
const COMMENT = /^\s*(?:\/\*\*|\*)/;

/**
 * Puts the declarations of `entry` into `dist`, and those that they need. Run it in the package's folder.
 *
 * @throws Error where the sources have a mistake, and where a declaration needs a file of another package: users
 *   do not have that.
 */
export function writeDeclarations(entry: Readonly<Record<string, string>>): void {
  // Only what has changed since the last time.
  const { error, status } = spawnSync('tsc', ['-b'], { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) throw new Error('the types do not hold: no declarations');
  const left = Object.values(entry).map((source) => source.replace(/\.ts$/, ''));
  const written = new Set<string>();
  for (let module = left.pop(); module !== undefined; module = left.pop()) {
    if (written.has(module)) continue;
    written.add(module);
    const { text, needs } = published(module);
    if (needs.some((one) => one.startsWith('..'))) {
      throw new Error(`${module}.ts: its declarations need ${needs.join(', ')}`);
    }
    left.push(...needs);
    const file = join(PUBLISHED, `${module}.d.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  for (const [name, source] of Object.entries(entry)) {
    const from = relative('dist', join(PUBLISHED, source.replace(/\.ts$/, '.js')));
    writeFileSync(join('dist', `${name}.d.ts`), `export * from './${from}';\n`);
  }
}

/** A declaration as users get it, which name modules by their JavaScript, and the modules that it needs. */
function published(module: string): { readonly text: string; readonly needs: readonly string[] } {
  const needs: string[] = [];
  const lines = readFileSync(join(MADE, `${module}.d.ts`), 'utf8').split('\n');
  const changed = lines.map((line) => {
    if (COMMENT.test(line)) return line;
    return line.replace(SPECIFIER, (_, quote: string, path: string) => {
      needs.push(join(dirname(module), path));
      return `${quote}${path}.js${quote}`;
    });
  });
  return { text: changed.join('\n'), needs };
}
