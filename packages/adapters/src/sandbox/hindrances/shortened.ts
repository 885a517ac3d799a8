import { isBelow } from '../tool-paths.ts';

/** A path as configurations write it, where it lies in the home. */
export function shortened(path: string, home: string): string {
  return isBelow(home, path) ? `~${path.slice(home.length)}` : path;
}
