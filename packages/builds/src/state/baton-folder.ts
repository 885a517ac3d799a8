import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { placesOf } from '@baton/adapters/workspace';
import { takeOverOldFolder } from './take-over-old-folder.ts';

/** What Baton keeps of a workspace, outside of it. */
export interface BatonFolder {
  readonly root: string;
  /** The state of every build of this workspace. */
  readonly database: string;
  /** The key of the database's seals, and their memory. Roles cannot reach it. */
  readonly seals: string;
  /** The request of each `baton run`, so that it can go on after an interruption. */
  readonly runs: string;
  /** What commands did before builds changed anything. */
  readonly baselines: string;
  /** Where coding agents keep their sessions, one folder a build. */
  readonly agents: string;
  /** The worktrees of builds, one folder a build. */
  readonly worktrees: string;
}

/**
 * Returns the root of the git repository around a folder, or the folder itself when there is none. It
 * resolves links, so that each repository has one path.
 */
export function repositoryOf(folder: string): string {
  if (!existsSync(folder)) return folder;
  const real = realpathSync(folder);
  for (let at = real; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return real;
  }
}

/**
 * Returns Baton's folders for a workspace, the same for every folder of its repository. It moves what an
 * older version kept inside the repository.
 */
export function batonFolder(
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
): BatonFolder {
  const repository = repositoryOf(workspace);
  const { state, worktrees } = placesOf(repository, env);
  const folder = {
    root: state,
    database: join(state, 'baton.db'),
    seals: sealsOf(state, env),
    runs: join(state, 'runs'),
    baselines: join(state, 'baselines'),
    agents: join(state, 'agents'),
    worktrees,
  };
  takeOverOldFolder(repository, folder);
  return folder;
}

/** `BATON_SEALS` has a folder for every repository; without it, they lie with the rest. */
function sealsOf(state: string, env: Readonly<Record<string, string | undefined>>): string {
  const elsewhere = env['BATON_SEALS'];
  return elsewhere ? join(resolve(elsewhere), basename(state)) : join(state, 'seals');
}

/** Makes the folder where it is missing; others on this machine cannot look into it. */
export function makeBatonFolder({ root, runs }: BatonFolder): void {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  mkdirSync(runs, { recursive: true });
}
