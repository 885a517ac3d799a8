import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SandboxPolicy } from '../sandbox.ts';
import { isBelow } from '../tool-paths.ts';
import type { Hindrance, SandboxSettings } from './hindrance.ts';
import { namedPaths } from './named-paths.ts';
import { shortened } from './shortened.ts';

/** What systems say where a file must not be written. */
const DENIED = /EROFS|EPERM|read-only file system|operation not permitted/i;

/** Of the kernel: what may be written there is for no command of a build. */
const KERNEL = /^\/(?:proc|sys|dev)\//;

export interface WritingPlaces {
  readonly policy: SandboxPolicy;
  /** The folder that the command ran in. */
  readonly cwd: string;
  readonly settings: Pick<SandboxSettings, 'home' | 'kept'>;
}

/** Of the paths that a command says it may not write, those that it may write outside of its sandbox. */
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
      // Outside of the home, what is to be written has to be there.
      const named = isBelow(home, path) || existsSync(path) ? path : nearest(path);
      const what = `${shortened(path, home)} is read-only in the sandbox`;
      return { what, allow: { write: shortened(named, home) } };
    });
  // Programs name these by paths that are relative to a folder of their own.
  if (!isHeldToReading || lines.length === 0 || others.length > 0) return others;
  const what = 'the files of the build are read-only there, by "workspace": "read"';
  return [{ what, allow: { workspace: 'write' } }];
}

/** What is hidden can be written, below what is shown of it, and is gone with the command. */
function isEmptyOfItsOwn(path: string, { hidden, readable }: SandboxPolicy): boolean {
  const isHidden = hidden.some((one) => one === path || isBelow(one, path));
  return isHidden && !readable.some((one) => one === path || isBelow(one, path));
}

/** The path, or what is there of it. */
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
