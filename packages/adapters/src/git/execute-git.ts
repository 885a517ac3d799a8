import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** One run of git, as data: another process may execute it. */
export interface GitRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: Buffer | undefined;
  /** Whether it may be ended early: then it is a process group of its own, without the terminal. */
  readonly mayBeEnded: boolean;
}

/** How a run of git ended, as data. */
export type GitEnd =
  | { readonly code: number; readonly stdout: Buffer; readonly stderr: string }
  /** Git could not be started; `errno` as the system calls it, such as `ENOENT`. */
  | { readonly notStarted: string; readonly errno: string | undefined };

/** Starts git as a child of this process. `signal` ends it, and what it has started. */
export function executeGit(
  { args, cwd, env, input, mayBeEnded }: GitRun,
  signal?: AbortSignal,
): Promise<GitEnd> {
  return new Promise((resolve) => {
    const notStarted = ({ message, ...cause }: Error): void =>
      resolve({ notStarted: message, errno: 'code' in cause ? String(cause.code) : undefined });
    let child: ChildProcessWithoutNullStreams;
    try {
      const detached = mayBeEnded && process.platform !== 'win32';
      child = spawn('git', args, { cwd, env: { ...env }, windowsHide: true, detached });
    } catch (cause) {
      // Some failures to start are thrown, such as a file in place of the folder.
      notStarted(cause as Error);
      return;
    }
    // Settle at once: `close` follows right after.
    child.on('error', notStarted);
    // Where no descriptors are left, it has no streams either.
    if (child.pid === undefined) return;
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const end = (): void => endWithGroup(child);
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted) end();
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', end);
      const text = Buffer.concat(stderr).toString('utf8');
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(stdout),
        stderr: killedBy === null ? text : `${text}killed by ${killedBy}`,
      });
    });
    // A command that exits early closes its input; its exit code tells more than EPIPE.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** A transport is a process of its own, which keeps the output open. */
function endWithGroup({ pid }: ChildProcessWithoutNullStreams): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid);
  } catch (reason) {
    // The process that runs git loads this file: nothing else has to be loaded for it.
    if ((reason as NodeJS.ErrnoException).code !== 'ESRCH') throw reason;
  }
}
