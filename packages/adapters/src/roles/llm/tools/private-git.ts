import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import type { CommandResult } from '../../../process/run-command.ts';
import { type GitCommandOptions, gitCommand } from './git-command.ts';
import type { ToolPlace } from './role-tool.ts';

export type PrivateGit = (
  args: readonly string[],
  options?: GitCommandOptions,
) => Promise<CommandResult>;

/**
 * Runs `use` with a git that knows only the files of the workspace: nothing that roles commit, stage, ignore
 * or configure hides a file from it.
 */
export async function withPrivateGit<Result>(
  place: ToolPlace,
  use: (git: PrivateGit) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-git-'));
  try {
    const init = ['init', '--quiet', '--bare', '--template=', folder];
    const { exitCode, stderr } = await gitCommand(init, place);
    if (exitCode !== 0) throw new BatonError('unavailable', `git init failed: ${stderr.trim()}`);
    const env = { GIT_DIR: folder, GIT_WORK_TREE: place.workspace.path };
    return await use((args, options) => gitCommand(args, place, { ...options, env }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
