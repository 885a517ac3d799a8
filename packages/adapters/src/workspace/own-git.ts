import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectDone, type Removal, removeTree } from '../files/file-trees.ts';
import { isMissing, readIfThere } from '../files/files.ts';
import { copyIndex } from '../git/copy-index.ts';
import { copyRefs } from '../git/copy-refs.ts';
import type { Git } from '../git/git.ts';
import { settingIsTrue } from '../git/git-settings.ts';
import { ownGitConfig } from '../git/own-git-config.ts';
import type { Repository } from '../git/repository.ts';
import { recordGroupsIn } from '../process/group-records.ts';
import type { BuildPaths } from './build-paths.ts';
import type { BuildRules } from './build-rules.ts';

/*
 * The git folder that roles and commands work with in a build's worktree.
 * 1. It reads the user's objects and has everything else of its own, so that nothing that git does in the
 *    worktree changes the user's repository: no setting, hook, ref, index or object of it.
 * 2. Nothing in it has a say in what Baton does: Baton runs no git in it, and asks it for nothing but
 *    whether HEAD is where it was put. Baton writes nothing through a link that lies there.
 * 3. HEAD stands at the commit that the build began at whenever an attempt begins. What roles commit
 *    never goes to the user's repository: it may hold in clear what the user's filters store encrypted,
 *    and the work of a build is its files, which the checkpoint has. The commits stay here, in the reflog
 *    and on the branches that roles made, until the folder is made anew.
 * 4. What steers git in it (settings, hooks, attributes, a merge that was left half done) is written anew
 *    whenever the build is opened.
 */

/** What an attempt leaves to the next one. */
const STAYS: ReadonlySet<string> = new Set([
  ...['HEAD', 'index', 'objects', 'refs', 'packed-refs', 'logs'],
  // Of submodules that roles check out, worktrees that they add, files that git-lfs fetches.
  ...['modules', 'worktrees', 'lfs'],
]);

type OwnGitRules = Pick<BuildRules, 'start' | 'settings' | 'ignoreRules'>;

export interface OwnGit {
  /** Whether the folder is there as git needs it. One that cannot be looked into is not. */
  isThere(): Promise<boolean>;
  /** Makes it anew, with the user's branches and tags as they are now. */
  make(rules: OwnGitRules): Promise<void>;
  /** Writes anew what steers git in it. */
  renew(rules: OwnGitRules): Promise<void>;
  /** Whether HEAD is detached at `commit`. */
  isAt(commit: string): Promise<boolean>;
  /** Detaches HEAD at `commit`, and gives it an index of that. */
  setHead(commit: string, index: string): Promise<void>;
  remove(signal?: AbortSignal): Promise<Removal>;
}

export function ownGitOf(
  git: Git,
  repository: Repository,
  { git: folder, groups }: Pick<BuildPaths, 'git' | 'groups'>,
): OwnGit {
  const inside = (...names: readonly string[]): string => join(folder, ...names);

  /** Writes a file in place of whatever a role has put there. */
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
