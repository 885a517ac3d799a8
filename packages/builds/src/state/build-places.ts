import { join, resolve } from 'node:path';
import type { Config } from '../config/load-config.ts';
import { batonFolder } from './baton-folder.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the builds of a repository lie. */
export interface BuildPlaces {
  readonly repository: string;
  readonly directory: string;
  readonly stateDirectory: string;
  readonly records: string;
  /** Where coding agents keep their sessions. */
  readonly agentHomes: string;
  readonly env: Environment;
}

/** Where the builds of a repository lie, as its configuration wants it. */
export function buildPlaces(
  repository: string,
  config: Pick<Config, 'workspace' | 'folder'> | undefined,
  env: Environment,
): BuildPlaces {
  const wanted = config?.workspace.directory;
  const { root, worktrees, runs, agents } = batonFolder(repository, env);
  const directory =
    wanted === undefined || config === undefined ? worktrees : expand(wanted, config.folder, env);
  return { repository, directory, stateDirectory: root, records: runs, agentHomes: agents, env };
}

function expand(path: string, folder: string, env: Environment): string {
  if (path === '~' || path.startsWith('~/')) return join(env['HOME'] ?? '~', path.slice(1));
  return resolve(folder, path);
}
