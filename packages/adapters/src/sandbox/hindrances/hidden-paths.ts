import { realpathSync, statSync } from 'node:fs';
import type { SandboxPolicy } from '../sandbox.ts';
import { isBelow } from '../tool-paths.ts';
import type { Hindrance, SandboxSettings } from './hindrance.ts';

export interface HiddenPlaces {
  readonly policy: SandboxPolicy;
  /** Folders that are empty and private for each command. */
  readonly privateFolders: readonly string[];
  readonly settings: Pick<SandboxSettings, 'home' | 'checkouts' | 'kept'>;
}

/** The paths that a command names and that exist on this machine but not in its sandbox. */
export function hiddenPaths(
  paths: readonly string[],
  { policy, privateFolders, settings }: HiddenPlaces,
): readonly Hindrance[] {
  const away = [...policy.hidden, ...privateFolders];
  const shown = [...policy.readable, ...policy.writable];
  return paths.flatMap((path) => {
    const real = realIfThere(path);
    if (real === undefined) return [];
    const isAway = away.some((folder) => isBelow(folder, real));
    // The parent of a readable path exists in the sandbox, too.
    const isShown = shown.some((one) => one === real || isBelow(one, real) || isBelow(real, one));
    return isAway && !isShown ? [hindranceOf(path, real, settings, privateFolders)] : [];
  });
}

function hindranceOf(
  path: string,
  real: string,
  settings: HiddenPlaces['settings'],
  privateFolders: readonly string[],
): Hindrance {
  const { home, checkouts, kept } = settings;
  const name = shortened(path, home);
  if (kept.some((one) => one === real || isBelow(one, real))) {
    return { what: `${name} is among Baton's own files, which the sandbox never shows` };
  }
  const isSocket = statSync(real).isSocket();
  // Using a socket requires write permission.
  const allow = isSocket ? { write: name } : { read: name };
  const gitFolder = /^(.*\/\.git)(?:\/|$)/.exec(name)?.[1];
  if (gitFolder !== undefined && isIn(checkouts, real)) {
    const what = `${name} is in your repository's git folder, which the sandbox does not show; a build has a git folder of its own`;
    return { what, allow: { read: gitFolder } };
  }
  if (checkouts.some((one) => isBelow(one, real))) {
    const what = `${name} is in your checkout, which the sandbox does not show; a build works on its own copy of what is committed`;
    return { what, allow };
  }
  const own = privateFolders.find((folder) => isBelow(folder, real));
  const why = isBelow(home, real)
    ? ', where the home is empty'
    : own === undefined
      ? ''
      : `, which has its own ${own}`;
  return { what: `${name} exists on this machine, but not in the sandbox${why}`, allow };
}

function isIn(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => folder === path || isBelow(folder, path));
}

function realIfThere(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Writes a path below the home with `~`, as configurations do. */
export function shortened(path: string, home: string): string {
  return isBelow(home, path) ? `~${path.slice(home.length)}` : path;
}
