import type { ChildProcess } from 'node:child_process';
import { BatonError } from '@baton/core';
import { groupRecorder } from '../../processes/group-records.ts';
import { endGroup, trackGroup } from '../../processes/process-group.ts';
import { collectOutput, type Output, type OutputOptions } from './collect-output.ts';
import { commandEnvironment } from './command-environment.ts';
import { spawnCommand } from './spawn-command.ts';

/*
 * Invariants
 * 1. There is no shell: argv reaches the program as it is.
 * 2. When runCommand settles, however it settles, no process of the command's group is left.
 * 3. It settles in bounded time after the command's own exit, the timeout or the abort: a process
 *    that left the group and holds its pipes is not waited for.
 * 4. What this process cannot end, because it is killed or stopped, is ended by whoever opens the
 *    git workspace next that the command runs in.
 */

export interface RunCommandOptions extends OutputOptions {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Variables to set for the command. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Names of variables to pass on beside `PATH`, `HOME`, `LANG`, `LC_*`, `TMPDIR` and `TZ`. */
  readonly passEnv?: readonly string[] | undefined;
  /** Milliseconds until the command is ended. Default: none. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds between SIGTERM and SIGKILL. Default 2000. */
  readonly graceMs?: number | undefined;
  /** Text for the command's stdin. Default: an empty stdin. */
  readonly stdin?: string | undefined;
  /** Ends the command when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

export interface CommandResult extends Output {
  /** Null when a signal or the timeout ended the command. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
}

const DEFAULT_GRACE_MS = 2000;
/** How long to read on after the group's end, should a process outside it hold the pipes. */
const DRAIN_MS = 500;
/** Timers with a longer delay fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs a program to its end and answers how it went; a non-zero exit is an answer, too. POSIX only:
 * it relies on process groups. What a command leaves running in its group is ended with it, so
 * something that is meant to stay, such as a daemon, has to begin a session of its own (`setsid`).
 *
 * @throws BatonError `invalid_input` when it cannot be started, `cancelled` when `signal` aborts.
 */
export async function runCommand(options: RunCommandOptions): Promise<CommandResult> {
  const { argv, cwd, stdin, signal, graceMs = DEFAULT_GRACE_MS } = options;
  throwIfCancelled(signal, argv);
  const startedAt = Date.now();
  const begun = performance.now();
  const record = groupRecorder(cwd);
  let forget = (): void => {};
  const child = await spawnCommand({
    argv,
    cwd,
    stdin,
    env: commandEnvironment(options),
    onBegin(leader) {
      trackGroup(leader);
      forget = record(leader);
    },
  });
  // A child that was spawned has a pid.
  const leader = child.pid as number;
  const output = collectOutput(child, options);
  const exited = new Promise<Ending>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const closed = new Promise<true>((resolve) => child.once('close', () => resolve(true)));
  const timedOut = (await whatEnds(exited, options)) === 'timeout';
  await endGroup(leader, graceMs);
  forget();
  const ending = await within(DRAIN_MS, exited);
  await within(DRAIN_MS, closed);
  release(child);
  throwIfCancelled(signal, argv);
  return {
    exitCode: timedOut ? null : (ending?.exitCode ?? null),
    signal: ending?.signal ?? null,
    timedOut,
    startedAt,
    durationMs: performance.now() - begun,
    ...output(),
  };
}

interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What ends the wait for the command: its exit, the timeout or the abort. */
function whatEnds(
  exited: Promise<Ending>,
  { timeoutMs, signal }: RunCommandOptions,
): Promise<'exit' | 'timeout' | 'abort'> {
  return new Promise((resolve) => {
    const settle = (what: 'exit' | 'timeout' | 'abort') => (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve(what);
    };
    const abort = settle('abort');
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(settle('timeout'), Math.min(timeoutMs, MAX_TIMER_MS));
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    void exited.then(settle('exit'));
  });
}

/** Lets go of pipes that somebody else still holds, and of a child that no signal can end. */
function release(child: ChildProcess): void {
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

/** What `work` resolves to, or undefined after `ms` milliseconds. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function throwIfCancelled(signal: AbortSignal | undefined, argv: readonly string[]): void {
  if (!signal?.aborted) return;
  throw new BatonError('cancelled', `'${argv[0]}' was cancelled`, { cause: signal.reason });
}
