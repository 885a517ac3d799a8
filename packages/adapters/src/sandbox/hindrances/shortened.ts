import { isBelow } from '../tool-paths.ts';

/** Writes a path below the home with `~`, as configurations do. */
export function shortened(path: string, home: string): string {
  return isBelow(home, path) ? `~${path.slice(home.length)}` : path;
}
