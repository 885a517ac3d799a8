import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/**
 * The file that a program's name leads to: by its path from `folder`, or on PATH. Undefined when
 * there is none that can be run.
 */
export function findProgram(
  name: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const places =
    isAbsolute(name) || name.includes('/')
      ? [resolve(folder, name)]
      : (env['PATH'] ?? '').split(delimiter).map((place) => join(place, name));
  return places.find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
