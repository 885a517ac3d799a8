import { lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';

/** Folders of programs. Their libraries lie beside them, in `lib` and similar folders. */
const PROGRAMS = /^(bin|sbin|shims)$/;

/** Folders that contain programs of many tools, and also settings, keys and data that no tool needs. */
const MIXED = /^(\.local|\.cargo|\.config)$/;

/**
 * Returns what programs on `path` need from hidden folders: each folder on the path, or the whole tool when
 * the folder is the `bin` of one tool. The same holds for the targets of links in it; when a target lies
 * directly in a hidden folder, only that file.
 *
 * @example
 * import { toolPaths } from '@baton/adapters/sandbox';
 * toolPaths('/home/ada/.nvm/v24/bin:/usr/bin', ['/home/ada']); // ['/home/ada/.nvm/v24']
 */
export function toolPaths(path: string, hidden: readonly string[]): readonly string[] {
  const isHidden = (one: string): boolean => hidden.some((folder) => isBelow(folder, one));
  const places = path.split(delimiter).filter(isAbsolute).map(realIfThere).filter(isHidden);
  const targets = places.flatMap(linkTargets).filter(isHidden);
  const tools = targets.map((target) => {
    const folder = dirname(target);
    // A whole hidden folder is never a tool.
    return hidden.includes(folder) ? target : toolOf(folder, hidden);
  });
  return [...new Set([...places.map((place) => toolOf(place, hidden)), ...tools])];
}

export function isBelow(folder: string, path: string): boolean {
  return path.startsWith(`${folder}/`);
}

function toolOf(place: string, hidden: readonly string[]): string {
  const above = dirname(place);
  const isTool = PROGRAMS.test(basename(place)) && !MIXED.test(basename(above));
  return isTool && !hidden.includes(above) ? above : place;
}

function linkTargets(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((one) => lstatSync(one).isSymbolicLink())
      .map((one) => realIfThere(resolve(folder, readlinkSync(one))));
  } catch {
    return [];
  }
}

function realIfThere(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
