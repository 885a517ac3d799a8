import { posix } from 'node:path';
import { type CheckCommand, expand } from './check-command.ts';

/** What stands between paths in an argument that is more than one: `--import=./a.js`, `a && b`. */
const BETWEEN = /[\s"'`=:,;|&()<>{}$@]+/;

/**
 * The places in the workspace that the argv of commands may name: paths as they are or with `./`,
 * `{workspace}/` or an option before them, in whatever an argument holds beside them. Words that are
 * no paths are among them. The workspace itself is not: that names everything, so nothing.
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

/** How a place names a file: as it is or without its ending, or a folder that it is in. */
export function namingOf(places: ReadonlySet<string>, file: string): 'file' | 'folder' | undefined {
  const { dir, name } = posix.parse(file);
  if (places.has(file) || places.has(posix.join(dir, name))) return 'file';
  for (let folder = dir; folder !== ''; folder = posix.parse(folder).dir) {
    if (places.has(folder)) return 'folder';
  }
  return undefined;
}
