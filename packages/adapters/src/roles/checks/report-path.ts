import { posix } from 'node:path';

/** Normalizes a path from a tool on any system: `.\\src\\a.ts` becomes `src/a.ts`. */
export function reportPath(path: string): string {
  const plain = path
    .trim()
    .replace(/^file:\/\//, '')
    .replaceAll('\\', '/');
  return plain === '' ? '' : posix.normalize(plain);
}
