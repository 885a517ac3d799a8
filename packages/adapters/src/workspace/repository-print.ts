import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../git/environment.ts';
import { createGit, fieldsOf, type Git } from '../git/git.ts';
import { findRepository, type Repository } from '../git/repository.ts';

/** Parts of a repository by name, with a digest or other mark of their content. */
type Parts = ReadonlyMap<string, string>;

/** The parts of a repository that only the user changes. */
export interface RepositoryPrint {
  /** What can make git run programs or look elsewhere: settings, hooks, attributes, alternates. */
  readonly programs: Parts;
  /** The state of the user's work: HEAD, branches and tags, the index, changed files. */
  readonly work: Parts;
}

/** Refs that Baton writes. */
const OWN_REFS = /^refs\/(baton|heads\/baton)\//;
/** Sections that git writes when the user creates or pushes a branch. */
const OF_BRANCHES = /^branch\./;

const FILES = ['info/attributes', 'info/exclude', 'info/grafts', 'objects/info/alternates'];

const LOCK_WAIT_MS = 10_000;

/**
 * Takes a fingerprint of the repository with the root `path`. Equal fingerprints mean that nothing changed;
 * files that were already modified are compared by size and times.
 *
 * @throws BatonError as git does.
 */
export async function printRepository(path: string, env: Environment): Promise<RepositoryPrint> {
  const git = createGit({ env, lockWaitMs: LOCK_WAIT_MS });
  const repository = await findRepository(git, path);
  const [settings, files, hooks, refs, index, checkout] = await Promise.all([
    settingsOf(git, repository),
    Promise.all(FILES.map((name) => fileIn(repository.commonDir, name))),
    hooksOf(repository),
    refsOf(git, repository),
    indexOf(git, repository),
    checkoutOf(git, repository),
  ]);
  return {
    programs: new Map([...settings, ...files.flat(), ...hooks]),
    work: new Map([...refs, ...index, ...checkout]),
  };
}

/** Names of added, changed and removed parts, sorted. */
export function changedParts(before: Parts, after: Parts): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}

type Part = readonly [name: string, content: string];

async function settingsOf(git: Git, { root }: Repository): Promise<readonly Part[]> {
  const args = ['config', '--local', '--no-includes', '--list', '--null'];
  const listed = fieldsOf(await git(args, { cwd: root, accept: [1] }));
  const named = listed.map((one) => one.split('\n', 1)[0] ?? '').filter((one) => one !== '');
  const settings = [...new Set(named)].filter((name) => !OF_BRANCHES.test(name));
  return settings.map((name): Part => {
    const values = listed.filter((one) => one === name || one.startsWith(`${name}\n`));
    return [`the setting ${name}`, values.join('\0')];
  });
}

async function hooksOf({ commonDir }: Repository): Promise<readonly Part[]> {
  const folder = join(commonDir, 'hooks');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return (await Promise.all(names.map((name) => fileIn(commonDir, join('hooks', name))))).flat();
}

async function refsOf(git: Git, { root }: Repository): Promise<readonly Part[]> {
  const format = '--format=%(refname)%00%(objectname)%00%(symref)';
  const listed = await git(['for-each-ref', format], { cwd: root });
  const refs = listed.stdout.toString('utf8').split('\n').filter(Boolean);
  const parts = refs.map((line): Part => {
    const [name = '', ...content] = line.split('\0');
    return [name, content.join('\0')];
  });
  const head = await git(['symbolic-ref', '--quiet', 'HEAD'], { cwd: root, accept: [1] });
  return [
    ...parts.filter(([name]) => !OWN_REFS.test(name)),
    ['HEAD', head.stdout.toString('utf8')],
  ];
}

async function indexOf(git: Git, { root }: Repository): Promise<readonly Part[]> {
  const listed = await git(['ls-files', '--stage', '-z'], { cwd: root, accept: [128] });
  return [['the index', createHash('sha256').update(listed.stdout).digest('hex')]];
}

async function checkoutOf(git: Git, { root }: Repository): Promise<readonly Part[]> {
  const args = ['diff-files', '--name-only', '-z', '--ignore-submodules=all'];
  const changed = fieldsOf(await git(args, { cwd: root, accept: [128] }));
  return Promise.all(
    changed.map(async (latin): Promise<Part> => {
      const path = Buffer.from(latin, 'latin1').toString('utf8');
      const stat = await lstat(join(root, path)).catch(() => undefined);
      return [path, stat === undefined ? 'gone' : `${stat.size} ${stat.mtimeMs} ${stat.mode}`];
    }),
  );
}

async function fileIn(folder: string, name: string): Promise<readonly Part[]> {
  const path = join(folder, name);
  try {
    const { mode } = await lstat(path);
    return [[name, `${mode} ${(await readFile(path)).toString('base64')}`]];
  } catch {
    return [];
  }
}
