import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './run.ts';

/** Sources of all builds. Tests are not among them. */
const SOURCES = [
  'packages/*/src/**/*.ts',
  'packages/*/package.json',
  'proto/gen/**/*.ts',
  'proto/package.json',
  'pnpm-lock.yaml',
  'scripts/{built,bundle}.ts',
];
const NO_SOURCE = /\.test\.ts$/;

const PREFIX = '.built-';
const DAY_MS = 24 * 60 * 60 * 1000;
/** A running server may still load parts of an older build for this long. */
const KEPT_MS = 14 * DAY_MS;

interface ToBuild {
  /** The main file, from the root. */
  readonly entry: string;
  /** Folder of its builds, from the root. */
  readonly place: string;
  /** Patterns of its sources besides the packages. */
  readonly sources: readonly string[];
  /** A folder to copy into the build, from the root. */
  readonly folder?: string;
}

const EXAMPLE = 'examples/dark-mode';

/** Returns the main file of the CLI, built from the current sources. */
export function builtCli(): Promise<string> {
  return built({
    entry: 'packages/cli/src/main.ts',
    place: 'packages/cli',
    sources: [`${EXAMPLE}/**/*`],
    folder: EXAMPLE,
  });
}

/** Returns a test program, built from the current sources. A built program starts in half the time. */
export function builtScript(entry: string): Promise<string> {
  return built({ entry, place: 'test', sources: ['test/**/*.ts'] });
}

/**
 * Returns the built file of an entry: from an earlier build of the same sources, or from a new one. Each
 * build has a folder named by the digest of its sources, so a new build does not disturb running ones.
 */
async function built(what: ToBuild): Promise<string> {
  const place = join(root, what.place);
  const folder = join(place, `${PREFIX}${digestOf(what)}`);
  if (!existsSync(folder)) await build(what, place, folder);
  const now = new Date();
  utimesSync(folder, now, now);
  return join(folder, `${basename(what.entry, '.ts')}.js`);
}

/** Builds into a private folder, then renames it. The first of several processes wins; others drop theirs. */
async function build(what: ToBuild, place: string, folder: string): Promise<void> {
  const { bundle } = await import('./bundle.ts');
  const made = `${folder}.${process.pid}`;
  try {
    await bundle(what.entry, made);
    if (what.folder !== undefined) {
      cpSync(join(root, what.folder), join(made, basename(what.folder)), { recursive: true });
    }
    renameSync(made, folder);
  } catch (reason) {
    if (!existsSync(folder)) throw reason;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  for (const name of globSync(`${PREFIX}*`, { cwd: place })) {
    const found = statSync(join(place, name), { throwIfNoEntry: false });
    if (found === undefined || found.mtimeMs > Date.now() - KEPT_MS) continue;
    rmSync(join(place, name), { recursive: true, force: true });
  }
}

function digestOf({ entry, sources }: ToBuild): string {
  const hash = createHash('sha256').update(`${root}\0${entry}`);
  for (const path of globSync([...SOURCES, ...sources], { cwd: root }).sort()) {
    if (NO_SOURCE.test(path) || !statSync(join(root, path)).isFile()) continue;
    const text = readFileSync(join(root, path));
    hash.update(`${path}\0${text.length}\0`).update(text);
  }
  return hash.digest('hex').slice(0, 16);
}
