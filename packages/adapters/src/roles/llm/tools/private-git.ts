import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import type { CommandResult } from '../../command/run-command.ts';
import { type GitCommandOptions, gitCommand } from './git-command.ts';
import type { ToolPlace } from './role-tool.ts';

/** Where git keeps what the digests of a workspace name. */
export interface ObjectStore {
  readonly directory: string;
  readonly format: string;
}

export type PrivateGit = (
  args: readonly string[],
  options?: GitCommandOptions,
) => Promise<CommandResult>;

/** The object store of a workspace; undefined where there is no git. */
export async function objectStoreOf(place: ToolPlace): Promise<ObjectStore | undefined> {
  const ask = ['--path-format=absolute', '--git-path', 'objects', '--show-object-format'];
  const { exitCode, stdout } = await gitCommand(['rev-parse', ...ask], place);
  const [directory = '', format = ''] = stdout.split('\n');
  return exitCode === 0 ? { directory, format } : undefined;
}

/**
 * Lends `use` a git that knows the files of the workspace, the objects of `store`, and nothing
 * else: what roles commit, stage, ignore and configure hides nothing from it.
 */
export async function withPrivateGit<Result>(
  place: ToolPlace,
  store: ObjectStore | undefined,
  use: (git: PrivateGit) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-git-'));
  try {
    const format = store === undefined ? [] : [`--object-format=${store.format}`];
    const init = ['init', '--quiet', '--bare', '--template=', ...format, folder];
    const { exitCode, stderr } = await gitCommand(init, place);
    if (exitCode !== 0) throw new BatonError('unavailable', `git init failed: ${stderr.trim()}`);
    const env = {
      GIT_DIR: folder,
      GIT_WORK_TREE: place.workspace.path,
      ...(store !== undefined && { GIT_OBJECT_DIRECTORY: store.directory }),
    };
    return await use((args, options) => gitCommand(args, place, { ...options, env }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
