import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Git, textOf } from './git.ts';
import type { Repository } from './repository.ts';

/** Refs by which people name commits, without Baton's own. */
const NAMES = ['refs/heads/', 'refs/tags/', 'refs/remotes/'];

/** Gives a new git folder the current branches and tags of the repository. */
export async function copyRefs(git: Git, repository: Repository, folder: string): Promise<void> {
  const format = '--format=%(objectname) %(refname) %(symref)';
  const listed = textOf(await git(['for-each-ref', format, ...NAMES], { cwd: repository.root }));
  const packed: string[] = [];
  for (const line of listed.split('\n').filter((one) => one !== '')) {
    const [id = '', name = '', target = ''] = line.split(' ');
    if (target === '') {
      packed.push(`${id} ${name}\n`);
      continue;
    }
    // Symbolic refs such as `origin/HEAD`, from which tools find the main branch.
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), `ref: ${target}\n`);
  }
  await writeFile(join(folder, 'packed-refs'), `# pack-refs with: sorted \n${packed.join('')}`);
}
