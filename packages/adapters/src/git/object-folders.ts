import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

/** Git follows no deeper chains of alternates. */
const DEEPEST = 5;

/** A folder of objects with its alternates, and theirs. */
export function objectFoldersOf(folder: string, depth = 0): readonly string[] {
  if (depth > DEEPEST) return [];
  const alternates = namedIn(join(folder, 'info', 'alternates')).map((path) =>
    isAbsolute(path) ? path : resolve(folder, path),
  );
  return [folder, ...alternates.flatMap((one) => objectFoldersOf(one, depth + 1))];
}

function namedIn(file: string): readonly string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => line !== '' && !line.startsWith('#'));
  } catch {
    return [];
  }
}
