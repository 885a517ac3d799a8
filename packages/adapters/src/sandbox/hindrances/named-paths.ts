import { join, resolve } from 'node:path';

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
