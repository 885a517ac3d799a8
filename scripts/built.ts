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

/** What all builds are made of; tests change without them. */
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
/** A server may go on that long, and load parts of an older build when it needs them. */
const KEPT_MS = 14 * DAY_MS;

interface ToBuild {
  /** The main file, from the root. */
  readonly entry: string;
  /** Where builds of it stand, from the root. */
  readonly place: string;
  /** What it is made of beside the packages, as patterns. */
  readonly sources: readonly string[];
  /** A folder that goes with it, from the root. */
  readonly folder?: string;
}

const EXAMPLE = 'examples/dark-mode';

/** The main file of the command line, built from the sources as they are. */
export function builtCli(): Promise<string> {
  return built({
    entry: 'packages/cli/src/main.ts',
    place: 'packages/cli',
    sources: [`${EXAMPLE}/**/*`],
    folder: EXAMPLE,
  });
}

/** A program that tests start, built from the sources as they are: that starts in half the time. */
export function builtScript(entry: string): Promise<string> {
  return built({ entry, place: 'test', sources: ['test/**/*.ts'] });
}

/**
 * The file that a build has made of an entry: an earlier build of the very same sources, or else a new
 * one. Builds stand beside each other, named by the digest of what they are made of, so that those
 * which run are left alone.
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
