import { join, resolve } from 'node:path';

/** Further ones are not looked at: it may be hostile code that names them. */
const MOST_PATHS = 200;
const LONGEST = 1024;

/** An absolute path, or one below the home, up to what ends a path in messages of programs. */
const PATH = /(?:^|[\s'"`(=:,[<>@])(~?\/[^\s'"`:;,()<>[\]{}|*?\\]+)/gm;

/** Paths that a text names, each once. */
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
