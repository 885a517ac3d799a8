import { sep } from 'node:path';

/** The path of a file below `folder`. Paths from git are bytes, one character each (latin1). */
export function filePlace(folder: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}${sep}`), Buffer.from(path, 'latin1')]);
}

/** Decodes a path from git as text. */
export function pathText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The inverse of {@link pathText}. */
export function pathBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
