import { cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { placesOf } from '@baton/adapters/workspace';
import type { Config } from '../config/load-config.ts';
import { FROM_HERE } from '../config/workspace-schema.ts';

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

interface NewFolder {
  readonly database: string;
  readonly runs: string;
}

/**
 * Moves what an older version kept in `<repository>/.baton`: the database and the records of runs. The
 * worktrees there go, for checkpoints have their files. Does nothing where there is no such folder, or
 * where the new one has a database already.
 */
function takeOverOldFolder(repository: string, { database, runs }: NewFolder): void {
  const old = join(repository, '.baton');
  if (!existsSync(join(old, 'baton.db')) || existsSync(database)) return;
  mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
  if (existsSync(join(old, 'runs'))) move(join(old, 'runs'), runs);
  // The database last: once it is there, everything is.
  for (const suffix of ['-wal', '-shm', '']) {
    const from = join(old, `baton.db${suffix}`);
    if (existsSync(from)) move(from, `${database}${suffix}`);
  }
  rmSync(old, { recursive: true, force: true });
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (reason) {
    const elsewhere = reason instanceof Error && 'code' in reason && reason.code === 'EXDEV';
    if (!elsewhere) throw reason;
    cpSync(from, to, { recursive: true });
    rmSync(from, { recursive: true });
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the builds of a repository lie. */
export interface BuildPlaces {
  readonly repository: string;
  readonly directory: string;
  readonly stateDirectory: string;
  readonly records: string;
  /** By which builds travel between machines; undefined: they stay. */
  readonly remote: string | undefined;
  /** Where coding agents keep their sessions of a build: with the rest of what is kept of it. */
  readonly agentHomes: (workflowId: string) => string;
  readonly env: Environment;
}

/** Where the builds of a repository lie, as its configuration wants it. */
export function buildPlaces(
  repository: string,
  config: Pick<Config, 'workspace' | 'folder'> | undefined,
  env: Environment,
): BuildPlaces {
  const wanted = config?.workspace.directory;
  const { root, worktrees, runs } = batonFolder(repository, env);
  const directory =
    wanted === undefined || config === undefined ? worktrees : expand(wanted, config.folder, env);
  const agentHomes = (workflowId: string) => join(root, 'builds', workflowId, 'agents');
  const remote = remoteOf(config, env);
  return { repository, directory, stateDirectory: root, records: runs, remote, agentHomes, env };
}

function remoteOf(
  config: Pick<Config, 'workspace' | 'folder'> | undefined,
  env: Environment,
): string | undefined {
  const { remote } = config?.workspace ?? {};
  const isHere = remote !== undefined && FROM_HERE.test(remote);
  return isHere && config !== undefined ? expand(remote, config.folder, env) : remote;
}

function expand(path: string, folder: string, env: Environment): string {
  if (path === '~' || path.startsWith('~/')) return join(env['HOME'] ?? '~', path.slice(1));
  return resolve(folder, path);
}
