import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { root } from './run.ts';

const SOURCES = '{packages/*/src,proto,test,scripts,examples}/**/*.ts';
const QUOTED = /(['"`])([\w@./-]+)\1/g;
const SOURCE = /\.ts$/;
const TEST = /\.test\.ts$/;
/** For a test that has never run here: those of what crosses packages start processes. */
const usualMs = (file: string): number => (file.startsWith('test') ? 10_000 : 500);

interface Related {
  /** From the root, the closest to the change first. */
  readonly tests: readonly string[];
  /** How many more depend on the change. */
  readonly left: number;
}

/**
 * The tests that depend on changed files, the closest first, as many as took `budgetMs` together when
 * they last ran here; the changed files' own tests however long they take. A file depends on what it
 * names in quotes: modules, packages of this repository, programs that it starts, fixtures; a test of
 * the command line also on the commands that it gives.
 */
export function relatedTests(
  changed: readonly string[],
  budgetMs: number,
  lastMs = lastDurations(),
): Related {
  const distances = distancesFrom(changed);
  const tests = [...distances.keys()].filter((file) => TEST.test(file));
  const took = (file: string): number => lastMs.get(file) ?? usualMs(file);
  const own = new Set(changed.flatMap((file) => [file, file.replace(SOURCE, '.test.ts')]));
  const rank = (file: string): number => (own.has(file) ? 0 : (distances.get(file) ?? 0));
  tests.sort((a, b) => rank(a) - rank(b) || took(a) - took(b));
  let sum = 0;
  const chosen = tests.filter((file) => {
    if (!own.has(file) && sum + took(file) > budgetMs) return false;
    sum += took(file);
    return true;
  });
  return { tests: chosen, left: tests.length - chosen.length };
}

/** How many steps each file that depends on the changed ones is away from them. */
function distancesFrom(changed: readonly string[]): ReadonlyMap<string, number> {
  const named = new Map(
    globSync(SOURCES, { cwd: root, exclude: ['**/node_modules/**'] }).map((file) => [
      file,
      namedBy(file),
    ]),
  );
  const distances = new Map(changed.map((file) => [file, 0]));
  // Tests name the folder of their fixtures.
  let targets = new Set(
    changed.flatMap((file) => (SOURCE.test(file) ? [file] : [file, dirname(file)])),
  );
  for (let distance = 1; targets.size > 0; distance++) {
    const reached = [...named].filter(
      ([file, names]) => !distances.has(file) && names.some((name) => targets.has(name)),
    );
    for (const [file] of reached) distances.set(file, distance);
    targets = new Set(reached.map(([file]) => file));
  }
  return distances;
}

/** Files and folders that a file may name, from the root. */
function namedBy(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const words = [...text.matchAll(QUOTED)].map(([, , word = '']) => word);
  return words.flatMap((word) => placesOf(word, file)).filter((place) => place !== file);
}

function placesOf(word: string, file: string): readonly string[] {
  if (word.startsWith('@baton/')) return entryPoints().get(word) ?? [];
  if (/^[./]*$/.test(word)) return [];
  const command = file.startsWith('test') ? [`packages/cli/src/commands/${word}-command.ts`] : [];
  const places = [normalize(join(dirname(file), word)), normalize(word), ...command];
  // The name of a folder at the top stands for a word more often than for all that is in it.
  return places.filter((place) => place.includes(sep));
}

let found: ReadonlyMap<string, readonly string[]> | undefined;

/** Sources by the names under which other packages import them. */
function entryPoints(): ReadonlyMap<string, readonly string[]> {
  found ??= new Map(
    globSync(['packages/*/package.json', 'proto/package.json'], { cwd: root }).flatMap((path) => {
      const { name, exports = {} } = JSON.parse(readFileSync(join(root, path), 'utf8'));
      return Object.entries(exports).map(([subpath, target]): [string, readonly string[]] => {
        const sources = JSON.stringify(target).match(/"\.\/[^"]+\.ts"/g) ?? [];
        const files = sources.map((source) => join(dirname(path), JSON.parse(source)));
        return [name + subpath.slice(1), files];
      });
    }),
  );
  return found;
}

/** Milliseconds that test files took when they last ran here, as vitest has kept them. */
function lastDurations(): ReadonlyMap<string, number> {
  const [newest] = globSync('node_modules/.vite/vitest/*/results.json', { cwd: root })
    .map((path) => join(root, path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (newest === undefined) return new Map();
  const { projects } = JSON.parse(readFileSync(newest, 'utf8')) as Results;
  const files = Object.values(projects).flatMap((project) => Object.entries(project.files));
  return new Map(files.map(([file, { duration }]) => [file, duration]));
}

interface Results {
  readonly projects: Record<string, { readonly files: Record<string, { duration: number }> }>;
}
