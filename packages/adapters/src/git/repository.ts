import { readFileSync } from 'node:fs';
import { copyFile, realpath, stat, utimes } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { BatonError } from '@baton/core';
import { isMissing } from '../files/files.ts';
import { type Git, textOf } from './git.ts';

/** The user's repository. All paths are absolute. */
export interface Repository {
  /** Root of its working tree; for a bare repository, the repository itself. */
  readonly root: string;
  /** The git folder that all its worktrees share. */
  readonly commonDir: string;
  readonly objectDir: string;
  /** `sha1` or `sha256`. */
  readonly objectFormat: string;
  /** `core.sharedRepository`: which other users may use new files; undefined when it is not set. */
  readonly sharing: string | undefined;
}

/**
 * Finds the repository with the root `path`.
 *
 * @throws BatonError `invalid_input` when `path` is no folder or not the root of a repository.
 */
export async function findRepository(git: Git, path: string): Promise<Repository> {
  const cwd = await existingFolder(path);
  const key = await identityOf(cwd);
  const known = found.get(key);
  if (known !== undefined) return known;
  const repository = await readRepository(git, cwd, path);
  found.set(key, repository);
  return repository;
}

/** Repositories that were found before. Git's answer stays the same for the same repository. */
const found = new Map<string, Repository>();

/** Changes when a repository is replaced by a new one. */
async function identityOf(cwd: string): Promise<string> {
  const link = await stat(join(cwd, '.git')).catch(() => undefined);
  const { ino, mtimeMs } = link ?? (await stat(cwd));
  // A folder's time tells nothing: git writes into it all the time.
  return `${cwd}\0${ino}\0${link?.isFile() ? mtimeMs : ''}`;
}

async function readRepository(git: Git, cwd: string, path: string): Promise<Repository> {
  const result = await git(
    [
      'rev-parse',
      '--path-format=absolute',
      '--is-bare-repository',
      '--git-common-dir',
      '--git-path',
      'objects',
      '--show-object-format',
    ],
    { cwd, accept: [128] },
  );
  if (result.code !== 0) throw notARepository(path, result.stderr);
  const [bare, commonDir = '', objectDir = '', objectFormat = ''] = textOf(result).split('\n');
  const root = bare === 'true' ? commonDir : await workingTreeRoot(git, cwd, path);
  if ((await realpath(root)) !== cwd) {
    throw unusable(path, `it lies inside the repository ${root}: name that root instead`);
  }
  const shared = await git(['config', '--get', 'core.sharedRepository'], { cwd, accept: [1] });
  const sharing = shared.code === 0 ? textOf(shared) : undefined;
  return { root: cwd, commonDir, objectDir, objectFormat, sharing };
}

/**
 * The commit of `HEAD`.
 *
 * @throws BatonError `invalid_input` when the repository has no commit yet.
 */
export async function headOf(git: Git, repository: Repository): Promise<string> {
  const result = await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
    cwd: repository.root,
    accept: [1, 128],
  });
  if (result.code === 0) return textOf(result);
  throw unusable(repository.root, 'it has no commit at HEAD: commit the files to build on first');
}

async function workingTreeRoot(git: Git, cwd: string, path: string): Promise<string> {
  const result = await git(['rev-parse', '--path-format=absolute', '--show-toplevel'], {
    cwd,
    accept: [128],
  });
  if (result.code === 0) return textOf(result);
  throw unusable(path, 'it is a git folder: name the root of the working tree instead');
}

async function existingFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return realpath(resolve(path));
  throw unusable(path, 'there is no such folder: name the root of a git repository');
}

function notARepository(path: string, stderr: string): BatonError {
  if (!stderr.includes('not a git repository')) return unusable(path, stderr.trim());
  return unusable(path, 'it is not a git repository: run `git init` and commit the files there');
}

function unusable(path: string, description: string): BatonError {
  return new BatonError('invalid_input', `builds cannot start from ${path}: ${description}`, {
    violations: [{ field: 'repository', description }],
  });
}

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

/**
 * Copies an index with its modification time. Git takes a file of unchanged size that is older than the index
 * for unchanged. A newer copy would hide changes made in the second in which the index was written.
 *
 * @throws Error with the code `ENOENT` when there is no index.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const { atime, mtimeMs } = await stat(from);
  await copyFile(from, to);
  // Whole seconds: an older time is safe, because git then compares the content.
  await utimes(to, atime, Math.floor(mtimeMs / 1000));
}

/** Copies an index if there is one. */
export async function copyIndexIfThere(from: string, to: string): Promise<void> {
  try {
    await copyIndex(from, to);
  } catch (reason) {
    if (!isMissing(reason)) throw reason;
  }
}
