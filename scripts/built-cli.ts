import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { root } from './run.ts';

/** All that the build is made of; tests change without it. */
const SOURCES = [
  'packages/*/src/**/*.ts',
  'packages/*/package.json',
  'proto/gen/**/*.ts',
  'proto/package.json',
  'examples/dark-mode/**/*',
  'pnpm-lock.yaml',
  'scripts/{built-cli,bundle-cli}.ts',
];
const NO_SOURCE = /(\.test\.ts$|\/testing\/)/;

const FOLDER = join(root, 'packages/cli');
const PREFIX = '.built-';
const DAY_MS = 24 * 60 * 60 * 1000;
/** A server may go on that long, and load parts of an older build when it needs them. */
const KEPT_MS = 14 * DAY_MS;

/**
 * The main file of the command line, built from the sources as they are now: an earlier build of the
 * very same sources, or else a new one. Builds stand beside each other, named by the digest of what
 * they are made of, so that those which run are left alone.
 */
export async function builtCli(): Promise<string> {
  const folder = join(FOLDER, `${PREFIX}${digestOfSources()}`);
  if (!existsSync(folder)) await build(folder);
  const now = new Date();
  utimesSync(folder, now, now);
  return join(folder, 'main.js');
}

/** Whoever is faster puts it there; the others throw theirs away. */
async function build(folder: string): Promise<void> {
  const { bundleCli } = await import('./bundle-cli.ts');
  const made = `${folder}.${process.pid}`;
  try {
    await bundleCli(made);
    renameSync(made, folder);
  } catch (reason) {
    if (!existsSync(folder)) throw reason;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  for (const name of globSync(`${PREFIX}*`, { cwd: FOLDER })) {
    const other = join(FOLDER, name);
    const { mtimeMs } = statSync(other);
    if (mtimeMs < Date.now() - KEPT_MS) rmSync(other, { recursive: true, force: true });
  }
}

function digestOfSources(): string {
  const hash = createHash('sha256').update(root);
  for (const path of globSync(SOURCES, { cwd: root }).sort()) {
    if (NO_SOURCE.test(path) || !statSync(join(root, path)).isFile()) continue;
    const text = readFileSync(join(root, path));
    hash.update(`${path}\0${text.length}\0`).update(text);
  }
  return hash.digest('hex').slice(0, 16);
}
