import { mkdir, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BatonError } from '@baton/core';
import { isMissing } from '../files/files.ts';
import type { Environment } from '../git/environment.ts';
import type { Git } from '../git/git.ts';
import { findRepository, type Repository } from '../git/repository.ts';
import type { GitWorkspaceProviderOptions } from './git-workspace-provider-options.ts';
import { type Places, placeProblem, placesOf } from './places.ts';

/** The repository, and the folders that Baton uses for it. */
export interface Place extends Places {
  readonly repository: Repository;
}

export type PlaceOptions = Pick<
  GitWorkspaceProviderOptions,
  'repository' | 'directory' | 'stateDirectory'
>;

/** Finds the folders of a repository's builds. They may not exist; this creates nothing. */
export async function findPlace(
  git: Git,
  { repository: path, directory, stateDirectory }: PlaceOptions,
  env: Environment,
): Promise<Place> {
  const repository = await findRepository(git, path);
  const usual = placesOf(repository.root, env);
  return {
    repository,
    state: await realIfThere(stateDirectory ?? usual.state),
    worktrees: await realIfThere(directory ?? usual.worktrees),
  };
}

/**
 * Like {@link findPlace}, and creates both folders.
 *
 * @throws BatonError `invalid_input` when builds cannot work in the folder of the worktrees.
 */
export async function makePlace(git: Git, options: PlaceOptions, env: Environment): Promise<Place> {
  const { repository, state, worktrees } = await findPlace(git, options, env);
  const problem = placeProblem(worktrees);
  if (problem !== undefined) throw unusablePlace(worktrees, problem);
  await mkdir(state, { recursive: true, mode: 0o700 });
  await mkdir(worktrees, { recursive: true });
  return { repository, state: await realpath(state), worktrees: await realpath(worktrees) };
}

async function realIfThere(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (reason) {
    if (isMissing(reason)) return resolve(path);
    throw reason;
  }
}

function unusablePlace(worktrees: string, problem: string): BatonError {
  const description = `${problem}: name another folder for the worktrees of builds`;
  return new BatonError('invalid_input', `builds cannot work in ${worktrees}: ${description}`, {
    violations: [{ field: 'directory', description }],
  });
}
