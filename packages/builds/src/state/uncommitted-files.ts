import { git } from './git.ts';

/** Returns the files that differ from the last commit, including untracked ones. */
export async function uncommittedFiles(repository: string): Promise<readonly string[]> {
  const found = await git(repository, [
    '--no-optional-locks',
    'status',
    '--porcelain',
    '-z',
    '--no-renames',
  ]);
  // Two letters of status and a blank stand before each path.
  return (found ?? '').split('\0').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
}
