import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '@baton/core';
import { cleanEnvironment, type Environment, QUIET_CONFIG } from './environment.ts';
import type { GitEnd } from './execute-git.ts';
import { runGit } from './git-host.ts';

/** Where and how to run one git command. */
export interface GitCall {
  /** Folder to run in; it must exist. */
  readonly cwd: string;
  /** Added to the clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Buffer;
  /**
   * Whether git may fetch objects that a partial clone left at its remote. Remotes and transports run
   * programs, so allow it only with settings that no role has written. Default false.
   */
  readonly mayFetch?: boolean | undefined;
  /** Ends git, and what it has started, early. It then runs without the terminal: no program can ask there. */
  readonly signal?: AbortSignal | undefined;
  /** Exit codes other than 0 that are results, not failures. */
  readonly accept?: readonly number[];
}

/** What a git command returned. */
export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs git with an argument vector, never through a shell.
 *
 * @throws BatonError `invalid_input` when there is no git, `unavailable` when the command fails or its folder
 * is gone.
 */
export type Git = (args: readonly string[], call: GitCall) => Promise<GitResult>;

/** Options of {@link createGit}. */
export interface GitOptions {
  /** Environment that git gets its part of: paths, home, agents; no keys. */
  readonly env: Environment;
  /** Milliseconds to wait for locks of other git processes, 0 or more. */
  readonly lockWaitMs: number;
}

/** A held lock, or a worktree that another git process is still adding. */
const BUSY =
  /Unable to create '[^\n]+\.lock': File exists|could not lock config file|failed to read [^\n]*worktrees\/[^\n]*\/commondir/;
/** No transport has this name, and no setting overrides the variable. */
const NO_FETCHING = { GIT_ALLOW_PROTOCOL: 'none' };

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/**
 * Creates a function that runs git and waits for locks of other git processes, up to `lockWaitMs`
 * milliseconds.
 *
 * @example
 * import { createGit, gitText } from '@baton/adapters/workspace';
 * const git = createGit({ env: process.env, lockWaitMs: 10_000 });
 * const head = gitText(await git(['rev-parse', 'HEAD'], { cwd: '/srv/shop' }));
 */
export function createGit(options: GitOptions): Git {
  const environment = cleanEnvironment(options.env);
  return async (args, call) => {
    const env = { ...environment, ...(call.mayFetch ? {} : NO_FETCHING), ...call.env };
    const accepted = [0, ...(call.accept ?? [])];
    let waited = 0;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const result = await execute([...QUIET_CONFIG, ...args], call, env);
      if (accepted.includes(result.code)) return result;
      if (!BUSY.test(result.stderr) || waited >= options.lockWaitMs) {
        throw gitFailure(args, result);
      }
      // Random jitter keeps two processes from colliding at every retry.
      const share = Math.ceil(pause * (0.5 + Math.random() / 2));
      await sleep(share);
      waited += share;
    }
  };
}

async function execute(
  args: readonly string[],
  { cwd, input, signal }: GitCall,
  env: Record<string, string>,
): Promise<GitResult> {
  const run = { args, cwd, env, input, mayBeEnded: signal !== undefined };
  const end = await runGit(run, signal);
  if ('notStarted' in end) throw await startFailure(end, cwd);
  return end;
}

function gitFailure(args: readonly string[], result: GitResult): BatonError {
  const said = result.stderr.trim() || `exit code ${result.code}`;
  return new BatonError('unavailable', `git ${args[0]} failed: ${said}`, {
    metadata: { command: args[0] ?? '', exitCode: String(result.code), stderr: said },
  });
}

/** The system reports a missing program and a missing folder in the same way. */
async function startFailure(
  { notStarted, errno }: Extract<GitEnd, { notStarted: string }>,
  cwd: string,
): Promise<BatonError> {
  const cause = new Error(notStarted);
  if (!(await isFolder(cwd))) {
    const problem = `the folder to run git in, ${cwd}, does not exist or is not a folder`;
    return new BatonError('unavailable', problem, { cause });
  }
  if (errno !== 'ENOENT') {
    const problem = `git could not be started in ${cwd}: ${notStarted}`;
    return new BatonError('unavailable', problem, { cause });
  }
  return new BatonError(
    'invalid_input',
    'git was not found: install git 2.36 or later and make sure that PATH leads to it',
    { cause },
  );
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

/** The output as text, without the newline at its end. */
export function textOf(result: GitResult): string {
  return result.stdout.toString('utf8').replace(/\n$/, '');
}

/**
 * Splits the output of a `-z` command into its fields. File names are bytes, so every byte becomes one
 * character (latin1); {@link bytesOf} turns them back.
 */
export function fieldsOf(result: GitResult): string[] {
  return result.stdout.toString('latin1').split('\0').slice(0, -1);
}

/** The inverse of {@link fieldsOf}: input for a `-z` command. */
export function bytesOf(fields: readonly string[]): Buffer {
  return Buffer.from(fields.map((field) => `${field}\0`).join(''), 'latin1');
}
