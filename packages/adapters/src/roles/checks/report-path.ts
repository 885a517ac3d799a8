import { posix } from 'node:path';

/** A path as tools write it on any system, in one spelling: `.\\src\\a.ts` is `src/a.ts`. */
export function reportPath(path: string): string {
  const plain = path
    .trim()
    .replace(/^file:\/\//, '')
    .replaceAll('\\', '/');
  return plain === '' ? '' : posix.normalize(plain);
}
