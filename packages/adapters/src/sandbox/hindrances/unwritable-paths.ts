import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SandboxPolicy } from '../sandbox.ts';
import { isBelow } from '../tool-paths.ts';
import type { Hindrance, SandboxSettings } from './hindrance.ts';
import { namedPaths } from './named-paths.ts';
import { shortened } from './shortened.ts';

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
