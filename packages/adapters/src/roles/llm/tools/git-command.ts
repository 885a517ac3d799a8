import { mkdtemp, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { type CommandResult, runCommand } from '../../../process/run-command.ts';
import { createNoSandbox } from '../../../sandbox/no-sandbox.ts';
import type { Wall } from '../../../sandbox/wall.ts';
import type { ToolPlace } from './role-tool.ts';

const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 256 * 1024;

const MEMORY_BYTES = 2 ** 30;

/**
 * A pattern of a few characters can use all memory of the machine, so it is limited where that can be
 * measured.
 */
const bounded = (memoryBytes: number): Wall => ({
  sandbox: createNoSandbox(),
  policy: {
    hidden: [],
    readable: [],
    writable: [],
    network: 'all',
    limits: { memoryBytes, processes: Infinity, outputBytes: Infinity },
  },
});

/** The user's settings must not run programs or change the output. */
const QUIET = ['core.fsmonitor=false', `core.hooksPath=${devNull}`, 'core.quotePath=false'];

/** What a command may use. */
export interface GitLimits {
  /** Default 20,000. */
  readonly timeoutMs?: number | undefined;
  /** Default 1 GiB. */
  readonly memoryBytes?: number | undefined;
}

interface GitCommandOptions extends GitLimits {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: string | undefined;
  /** Default 256 KiB. */
  readonly maxOutputBytes?: number | undefined;
}

/** Runs git in the workspace for a tool, limited in time, memory and output. It ends with the assignment. */
function gitCommand(
  args: readonly string[],
  { workspace, signal }: ToolPlace,
  {
    env = {},
    stdin,
    maxOutputBytes = MAX_OUTPUT_BYTES,
    timeoutMs = TIMEOUT_MS,
    memoryBytes = MEMORY_BYTES,
  }: GitCommandOptions = {},
): Promise<CommandResult> {
  const settings = QUIET.flatMap((setting) => ['-c', setting]);
  return runCommand({
    argv: ['git', '--no-pager', '--literal-pathspecs', ...settings, ...args],
    cwd: workspace.path,
    env: {
      GIT_CONFIG_GLOBAL: devNull,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C.UTF-8',
      ...env,
    },
    stdin,
    timeoutMs,
    maxOutputBytes,
    wall: bounded(memoryBytes),
    signal,
  });
}

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
