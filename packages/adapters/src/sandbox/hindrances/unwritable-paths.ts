import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { SandboxPolicy } from '../sandbox.ts';
import { isBelow } from '../tool-paths.ts';
import { shortened } from './hidden-paths.ts';
import type { Hindrance, SandboxSettings } from './hindrance.ts';

/** Messages of systems about a file that must not be written. */
const DENIED = /EROFS|EPERM|read-only file system|operation not permitted/i;

/** Paths of the kernel, which no command of a build may write. */
const KERNEL = /^\/(?:proc|sys|dev)\//;

export interface WritingPlaces {
  readonly policy: SandboxPolicy;
  /** The folder that the command ran in. */
  readonly cwd: string;
  readonly settings: Pick<SandboxSettings, 'home' | 'kept'>;
}

/** The paths that a command could not write in its sandbox and could write outside of it. */
export function unwritablePaths(
  output: string,
  { policy, cwd, settings }: WritingPlaces,
): readonly Hindrance[] {
  const { home, kept } = settings;
  const lines = output.split('\n').filter((line) => DENIED.test(line));
  const isHeldToReading = !policy.writable.some((one) => one === cwd || isBelow(one, cwd));
  const paths = namedPaths(lines.join('\n'), home);
  const refused = paths.filter((path) => {
    if (KERNEL.test(path)) return false;
    const real = nearest(path);
    const isWritten = policy.writable.some((one) => one === real || isBelow(one, real));
    return !isWritten && mayWrite(real) && !isEmptyOfItsOwn(real, policy);
  });
  const others = refused
    .filter((path) => path !== cwd && !isBelow(cwd, path))
    .filter((path) => !kept.some((one) => one === path || isBelow(one, path)))
    .map((path): Hindrance => {
      // Outside of the home, a writable path must exist.
      const named = isBelow(home, path) || existsSync(path) ? path : nearest(path);
      const what = `${shortened(path, home)} is read-only in the sandbox`;
      return { what, allow: { write: shortened(named, home) } };
    });
  // Programs may name files relative to a folder of their own.
  if (!isHeldToReading || lines.length === 0 || others.length > 0) return others;
  const what = 'the files of the build are read-only there, by "workspace": "read"';
  return [{ what, allow: { workspace: 'write' } }];
}

/** Whether a hidden path can be written in the sandbox: the content is lost when the command ends. */
function isEmptyOfItsOwn(path: string, { hidden, readable }: SandboxPolicy): boolean {
  const isHidden = hidden.some((one) => one === path || isBelow(one, path));
  return isHidden && !readable.some((one) => one === path || isBelow(one, path));
}

/** The path, or its nearest existing parent. */
function nearest(path: string): string {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  return realpathSync(there);
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Paths to examine, at most: hostile output may name many. */
const MOST_PATHS = 200;
const LONGEST = 1024;

/** An absolute path, or one below the home, up to a character that ends paths in messages. */
const PATH = /(?:^|[\s'"`(=:,[<>@])(~?\/[^\s'"`:;,()<>[\]{}|*?\\]+)/gm;

/** The paths that a text names, without duplicates. */
export function namedPaths(text: string, home: string): readonly string[] {
  const found = new Set<string>();
  for (const [, named = ''] of text.matchAll(PATH)) {
    if (found.size >= MOST_PATHS) break;
    const path = named.replace(/\.+$/, '');
    if (path.length <= LONGEST) {
      found.add(path.startsWith('~') ? join(home, path.slice(1)) : resolve(path));
    }
  }
  return [...found];
}
