import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../doctor/find-program.ts';
import { git } from '../embedded/git.ts';
import type { Repository } from './toolchain.ts';

/** The files of a repository, those that are not committed yet included. */
export async function readRepository(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Repository> {
  const listed = await git(folder, [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
  ]);
  const isFile = (path: string) =>
    statSync(join(folder, path), { throwIfNoEntry: false })?.isFile();
  return {
    has: (path) => existsSync(join(folder, path)),
    read: (path) => (isFile(path) ? readFileSync(join(folder, path), 'utf8') : ''),
    files: [...new Set((listed ?? '').split('\0').filter((path) => path !== ''))],
    hasProgram: (name) => findProgram(name, folder, env) !== undefined,
  };
}
