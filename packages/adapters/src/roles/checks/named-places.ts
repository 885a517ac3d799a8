import { posix } from 'node:path';
import { type CheckCommand, expand } from './check-command.ts';

/** Separators in an argument that holds several paths, such as `--import=./a.js` or `a && b`. */
const BETWEEN = /[\s"'`=:,;|&()<>{}$@]+/;

/**
 * The paths in the workspace that commands may name in their argv: as they are, or after `./`, `{workspace}/`
 * or an option, anywhere in an argument. The result also contains words that are no paths. It omits the
 * workspace itself, which would match everything.
 *
 * @param workspace its path.
 */
export function namedPlaces(
  commands: readonly CheckCommand[],
  workspace: string,
): ReadonlySet<string> {
  const root = `${workspace}/`;
  const texts = commands
    .flatMap(({ argv }) => argv.map((one) => expand(one, { reports: '', workspace })))
    .flatMap((text) => [text, text.slice(text.indexOf('=') + 1), ...text.split(BETWEEN)])
    // `-Ichecks`
    .flatMap((text) => [text, text.replace(/^-[a-z]/i, '')]);
  const places = texts.map((text) => {
    const path = posix.normalize(text).replace(/\/$/, '');
    return path.startsWith(root) ? path.slice(root.length) : path;
  });
  return new Set(places.filter((place) => place !== '.' && place !== ''));
}

/** How a place names a file: by its path, with or without the extension, or by a folder that contains it. */
export function namingOf(places: ReadonlySet<string>, file: string): 'file' | 'folder' | undefined {
  const { dir, name } = posix.parse(file);
  if (places.has(file) || places.has(posix.join(dir, name))) return 'file';
  for (let folder = dir; folder !== ''; folder = posix.parse(folder).dir) {
    if (places.has(folder)) return 'folder';
  }
  return undefined;
}
