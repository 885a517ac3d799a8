// Builds the console into packages/console/static, where servers of this checkout find it, if its sources have changed.
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root, runQuietly } from './run.ts';

const FOLDER = join(root, 'packages/console');
const STATIC = join(FOLDER, 'static');
/** Held by the process that builds. */
const LOCK = `${STATIC}.lock`;
const ABANDONED_MS = 120_000;
/** Says what it was built from. */
const DIGEST = '.digest';

const SOURCES = [
  'packages/console/{index.html,vite.config.ts,package.json}',
  'packages/console/{public,src}/**/*',
  'scripts/console.ts',
  'packages/{client,wire}/src/**/*.ts',
  'packages/core/src/{api,errors,waits}.ts',
  'proto/gen/**/*.ts',
  'pnpm-lock.yaml',
];
const NO_SOURCE = /\.test\.ts$/;

/** @returns the folder with the built console. @throws Error when it cannot be built. */
export function builtConsole(): string {
  const digest = digestOfSources();
  if (!isBuilt(digest)) alone(() => isBuilt(digest) || build(digest));
  return STATIC;
}

function isBuilt(digest: string): boolean {
  const kept = join(STATIC, DIGEST);
  return existsSync(kept) && readFileSync(kept, 'utf8') === digest;
}

/** Built beside it, then put in its place: a server that runs has read the old one, or reads the new one. */
function build(digest: string): void {
  const made = `${STATIC}.${process.pid}`;
  const vite = createRequire(join(FOLDER, 'package.json')).resolve('vite/package.json');
  const script = join(vite, '../bin/vite.js');
  const argv = [script, 'build', '--outDir', made, '--emptyOutDir', '--bypass-lock'];
  const environment = { ...process.env, NODE_ENV: 'production' };
  if (!runQuietly(process.execPath, argv, FOLDER, environment)) {
    throw new Error('the console cannot be built');
  }
  writeFileSync(join(made, DIGEST), digest);
  rmSync(STATIC, { recursive: true, force: true });
  renameSync(made, STATIC);
}

/** One process at a time: tests in several ask for the console at once. A lock that was left behind is broken. */
function alone(work: () => unknown): void {
  for (;;) {
    try {
      mkdirSync(LOCK);
      break;
    } catch {
      const since = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - since > ABANDONED_MS) rmSync(LOCK, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
  try {
    work();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const path of globSync(SOURCES, { cwd: root }).sort()) {
    if (NO_SOURCE.test(path) || !statSync(join(root, path)).isFile()) continue;
    const text = readFileSync(join(root, path));
    hash.update(`${path}\0${text.length}\0`).update(text);
  }
  return hash.digest('hex');
}

if (import.meta.main) builtConsole();
