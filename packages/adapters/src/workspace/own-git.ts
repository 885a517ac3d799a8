import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expectDone, type Removal, removeTree } from '../files/file-trees.ts';
import { isMissing, readIfThere } from '../files/files.ts';
import { type Git, textOf } from '../git/git.ts';
import { settingIsTrue } from '../git/git-settings.ts';
import { ownGitConfig } from '../git/own-git-config.ts';
import { copyIndex, type Repository } from '../git/repository.ts';
import { recordGroupsIn } from '../process/group-records.ts';
import type { BuildPaths } from './build-paths.ts';
import type { BuildRules } from './build-rules.ts';

/*
 * Invariants of the git folder for roles and commands in a build's worktree
 * 1. It reads the user's objects and has its own copy of everything else. Nothing that git does in the
 *    worktree changes the user's repository: no setting, hook, ref, index or object.
 * 2. Its content does not influence Baton: Baton runs no git in it, and only checks whether HEAD is where
 *    Baton set it. Baton never writes through a link in it.
 * 3. HEAD points at the starting commit whenever an attempt begins. Commits of roles never enter the user's
 *    repository, because they could hold in clear what the user's filters encrypt; the work of a build is its
 *    files, which are in the checkpoint. The commits stay here, in the reflog and on the roles' branches,
 *    until the folder is created again.
 * 4. What controls git in it (settings, hooks, attributes, an unfinished merge) is rewritten whenever the
 *    build is opened.
 */

/** What an attempt leaves to the next one. */
const STAYS: ReadonlySet<string> = new Set([
  ...['HEAD', 'index', 'objects', 'refs', 'packed-refs', 'logs'],
  // Submodules that roles check out, worktrees that they add, files that git-lfs fetches.
  ...['modules', 'worktrees', 'lfs'],
]);

type OwnGitRules = Pick<BuildRules, 'start' | 'settings' | 'ignoreRules'>;

export interface OwnGit {
  /** Whether the folder exists with all that git needs. An unreadable folder does not count. */
  isThere(): Promise<boolean>;
  /** Creates it again, with the user's current branches and tags. */
  make(rules: OwnGitRules): Promise<void>;
  /** Rewrites what controls git in it. */
  renew(rules: OwnGitRules): Promise<void>;
  /** Whether HEAD is detached at `commit`. */
  isAt(commit: string): Promise<boolean>;
  /** Detaches HEAD at `commit`, with an index for it. */
  setHead(commit: string, index: string): Promise<void>;
  remove(signal?: AbortSignal): Promise<Removal>;
}

export function ownGitOf(
  git: Git,
  repository: Repository,
  { git: folder, groups }: Pick<BuildPaths, 'git' | 'groups'>,
): OwnGit {
  const inside = (...names: readonly string[]): string => join(folder, ...names);

  /** Writes a file and replaces whatever a role has put there. */
  async function write(name: string, content: string | Buffer): Promise<void> {
    await removeAll(inside(name));
    await writeFile(inside(name), content);
  }

  async function writeHead(commit: string): Promise<void> {
    await write('HEAD', `${commit}\n`);
  }

  async function renew({ settings, ignoreRules }: OwnGitRules): Promise<void> {
    for (const name of await readdir(folder)) if (!STAYS.has(name)) await removeAll(inside(name));
    await removeAll(inside('objects', 'info'));
    for (const name of ['info', 'objects/info']) await mkdir(inside(name));
    await write('objects/info/alternates', `${repository.objectDir}\n`);
    const decoded = (base64: string) => Buffer.from(base64, 'base64');
    await write('info/user-attributes', decoded(settings.userAttributes));
    await write('info/attributes', decoded(settings.repositoryAttributes));
    await write('info/exclude', ignoreRules);
    if (settingIsTrue(settings, 'core.sparsecheckout')) {
      await write('info/sparse-checkout', decoded(settings.sparsePatterns));
    }
    const shallow = await readIfThere(join(repository.commonDir, 'shallow'));
    if (shallow !== undefined) await write('shallow', shallow);
    const userAttributes = inside('info', 'user-attributes');
    await write('config', ownGitConfig(settings, repository, userAttributes));
    recordGroupsIn(folder, groups);
  }

  return {
    renew,

    async isThere() {
      const needed = ['.', 'objects', 'refs'].map((name) => kindOf(inside(name)));
      const found = await Promise.all(needed).catch(() => []);
      return found.length > 0 && found.every((one) => one?.isDirectory());
    },

    async make(rules) {
      expectDone(await removeTree(folder));
      for (const name of ['objects', 'refs/heads']) await mkdir(inside(name), { recursive: true });
      await copyRefs(git, repository, folder);
      await writeHead(rules.start);
      await renew(rules);
    },

    async isAt(commit) {
      if (!(await kindOf(inside('HEAD')))?.isFile()) return false;
      return (await readFile(inside('HEAD'), 'latin1')) === `${commit}\n`;
    },

    async setHead(commit, index) {
      await writeHead(commit);
      await removeAll(inside('index'));
      await copyIndex(index, inside('index'));
    },

    remove: (signal) => removeTree(folder, signal),
  };
}

async function removeAll(path: string): Promise<void> {
  expectDone(await removeTree(path));
}

async function kindOf(path: string) {
  try {
    return await lstat(path);
  } catch (reason) {
    if (isMissing(reason)) return undefined;
    throw reason;
  }
}

/** Refs by which people name commits, without Baton's own. */
const NAMES = ['refs/heads/', 'refs/tags/', 'refs/remotes/'];

/** Gives a new git folder the current branches and tags of the repository. */
async function copyRefs(git: Git, repository: Repository, folder: string): Promise<void> {
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
