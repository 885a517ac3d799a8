import type { ChildProcess } from 'node:child_process';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { BatonError, type Redact } from '@baton/core';
import { MAX_TIMER_MS } from '@baton/core/internal';
import { findHindrances } from '../sandbox/hindrances/find-hindrances.ts';
import type { Hindrance } from '../sandbox/hindrances/hindrance.ts';
import { createNoSandbox } from '../sandbox/no-sandbox.ts';
import type { ConfinedCommand, RefusedHost } from '../sandbox/sandbox.ts';
import type { Wall } from '../sandbox/wall.ts';
import { watchLimits } from '../sandbox/watch-limits.ts';
import { collectOutput, type Output, type OutputOptions } from './collect-output.ts';
import { commandEnvironment } from './command-environment.ts';
import { endProcesses } from './end-processes.ts';
import { lastOf } from './excerpt.ts';
import { groupRecorder } from './group-records.ts';
import { trackGroup } from './process-group.ts';
import { expectProgram, spawnCommand } from './spawn-command.ts';

/*
 * Invariants
 * 1. There is no shell: argv reaches the program unchanged.
 * 2. When runCommand settles, in whatever way, no process of the command's group is left; in a sandbox, no
 *    process of the command at all.
 * 3. It settles in bounded time after the command's exit, the timeout or the abort: it does not wait for a
 *    process that left the group and holds the pipes. Beyond that it waits for `onCutOff` alone.
 * 4. Resources that a sandbox holds outside of itself are released, also when the command never started.
 * 5. When this process is killed or stopped, the next process that opens the git workspace ends the command.
 */

/** Options of {@link runCommand}. */
export interface RunCommandOptions extends OutputOptions {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** Folder to run in; it must exist. */
  readonly cwd: string;
  /** Variables to set for the command. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Names of variables to pass on beside `PATH`, `HOME`, `LANG`, `LC_*`, `TMPDIR` and `TZ`. */
  readonly passEnv?: readonly string[] | undefined;
  /** Milliseconds before the command is ended. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds between SIGTERM and SIGKILL. Default 2000. */
  readonly graceMs?: number | undefined;
  /** Text for the command's stdin. Default: an empty stdin. */
  readonly stdin?: string | undefined;
  /**
   * Talks with it over its stdin and stdout, in place of `stdin`. When that settles, the command is ended; when the
   * command ends first, its stdout does. What it throws is thrown once the command has ended.
   */
  readonly talk?: ((channel: CommandChannel) => Promise<void>) | undefined;
  /** Ends the command when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Gets what the command wrote where there is no result to have it: `signal` ended it, or `talk` failed. */
  readonly onCutOff?: ((written: Output) => Promise<unknown> | undefined) | undefined;
  /** The sandbox and its policy. Default: none; the command may do what this process may do. */
  readonly wall?: Wall | undefined;
}

/** What a command hears and says. */
export interface CommandChannel {
  readonly stdin: Writable;
  readonly stdout: Readable;
}

export interface CommandResult extends Output {
  /** Null when a signal or the timeout ended the command. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  /** The limit that the command exceeded and was ended for, in words; undefined: none. */
  readonly excess: string | undefined;
  /**
   * Names of processes that the command left running and that were then ended: those in the sandbox, or
   * without one, those in the process group.
   */
  readonly leftRunning: readonly string[];
  /** Hosts that the command tried to reach through the sandbox's proxy and may not. */
  readonly refusedHosts: readonly RefusedHost[];
  /**
   * What else the sandbox withheld from a failed command. For people only: it reveals what is on the machine
   * where the command must not look.
   */
  readonly hindrances: readonly Hindrance[];
  /** The sandbox and its policy; undefined: none. */
  readonly wall: Wall | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
}

const DEFAULT_GRACE_MS = 2000;
/** Milliseconds to read on after the end of the group, in case a process outside of it holds the pipes. */
const DRAIN_MS = 500;
const UNCONFINED: Wall = {
  sandbox: createNoSandbox(),
  policy: {
    hidden: [],
    readable: [],
    writable: [],
    network: 'all',
    limits: { memoryBytes: Infinity, processes: Infinity, outputBytes: Infinity },
  },
};

/**
 * Runs a program to its end and returns the result; a non-zero exit code is a result, not an error. It works
 * on POSIX systems only, because it relies on process groups. Processes that a command leaves in its group
 * are ended with it. A process that should stay, such as a daemon, must start its own session (`setsid`).
 *
 * @throws BatonError `invalid_input` when the program cannot be started, `cancelled` when `signal` aborts: then
 * `metadata.wrote` has the end of what the command wrote.
 * @example
 * import { runCommand } from '@baton/adapters/command';
 * const { exitCode, stdout } = await runCommand({ argv: ['node', '--version'], cwd: '/srv/shop' });
 */
export async function runCommand(options: RunCommandOptions): Promise<CommandResult> {
  const { argv, cwd, signal, wall } = options;
  throwIfCancelled(signal, argv);
  const { sandbox, policy } = wall ?? UNCONFINED;
  const env = commandEnvironment(options);
  // In a sandbox, only a shell would report a missing program.
  if (wall !== undefined) await expectProgram(argv, cwd, env);
  const confining = await sandbox.confine({ argv, cwd, env }, policy);
  try {
    return await runConfined(confining, wall ?? UNCONFINED, options);
  } finally {
    await confining.close();
  }
}

async function runConfined(
  confining: ConfinedCommand,
  wall: Wall,
  options: RunCommandOptions,
): Promise<CommandResult> {
  const { sandbox, policy } = wall;
  const { argv, cwd, stdin, talk, signal, graceMs = DEFAULT_GRACE_MS, redact = asItIs } = options;
  const startedAt = Date.now();
  const begun = performance.now();
  const record = groupRecorder(cwd);
  let forget = (): void => {};
  const child = await spawnCommand({
    ...confining,
    stdin: talk !== undefined ? 'open' : stdin === undefined ? undefined : { text: stdin },
    onBegin(leader) {
      trackGroup(leader);
      forget = record(leader);
    },
  });
  const confined = confining.attach(child);
  // A spawned child has a pid.
  const leader = child.pid as number;
  const output = collectOutput(child, options);
  const exited = new Promise<Ending>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const closed = new Promise<true>((resolve) => child.once('close', () => resolve(true)));
  const watch = watchLimits(confined, policy.limits, child);
  const talked = talk === undefined ? NEVER : talk(channelOf(child));
  const cause = await whatEnds({ exited, exceeded: watch.exceeded, talked }, options);
  watch.stop(cause === 'exit');
  await endProcesses(confined, leader, graceMs);
  forget();
  const ending = await within(DRAIN_MS, exited);
  await within(DRAIN_MS, closed);
  release(child);
  const written = output.end();
  const cutOff = async (reason: unknown) => {
    await options.onCutOff?.(written);
    throw reason;
  };
  if (signal?.aborted) await cutOff(cancelled(signal, argv, written.outputTail));
  if (cause === 'talked') await talked.catch(cutOff);
  // Otherwise the command ended before the sandbox could be set up.
  if (cause === 'exit' && !confined.isUp()) throw notConfined(argv, sandbox.name, written.stderr);
  const exitCode = cause === 'exit' ? (ending?.exitCode ?? null) : null;
  const refusedHosts = confined.refusedHosts().map((one) => ({ ...one, host: redact(one.host) }));
  const { env } = confining;
  const said = `${written.stderr}\n${written.outputTail}`;
  return {
    exitCode,
    signal: ending?.signal ?? null,
    timedOut: cause === 'timeout',
    excess: watch.excess(),
    leftRunning: cause === 'exit' ? confined.leftRunning() : [],
    refusedHosts,
    hindrances:
      exitCode === 0 ? [] : findHindrances(wall, { cwd, env, output: said, refusedHosts }),
    wall: options.wall,
    startedAt,
    durationMs: performance.now() - begun,
    ...written,
  };
}

type Cause = 'exit' | 'excess' | 'talked' | 'timeout' | 'abort';

const NEVER = new Promise<never>(() => {});

interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

function notConfined(argv: readonly string[], sandbox: string, said: string): BatonError {
  const why = said.trim() || `${sandbox} ended and wrote nothing`;
  const message = `'${argv[0]}' was not run: its sandbox (${sandbox}) could not be set up: ${why}`;
  return new BatonError('invalid_input', message);
}

/** A stream of its own for who talks: what is kept of stdout is read from it, too. */
function channelOf({ stdin, stdout }: ChildProcess): CommandChannel {
  const heard = new PassThrough();
  stdout?.pipe(heard);
  return { stdin: stdin as Writable, stdout: heard };
}

/** What ends the wait for the command: its exit, its excess, the end of the talk, the timeout or the abort. */
function whatEnds(
  {
    exited,
    exceeded,
    talked,
  }: {
    readonly exited: Promise<Ending>;
    readonly exceeded: Promise<void>;
    readonly talked: Promise<void>;
  },
  { timeoutMs, signal }: RunCommandOptions,
): Promise<Cause> {
  return new Promise((resolve) => {
    const settle = (what: Cause) => (): void => {
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
    void exceeded.then(settle('excess'));
    talked.then(settle('talked'), settle('talked'));
  });
}

/** Closes pipes that another process still holds, and stops waiting for a child that no signal can end. */
function release(child: ChildProcess): void {
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

const asItIs: Redact = (text) => text;

/** Resolves to the result of `work`, or to undefined after `ms` milliseconds. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function throwIfCancelled(signal: AbortSignal | undefined, argv: readonly string[]): void {
  if (signal?.aborted) throw cancelled(signal, argv, '');
}

/** Characters of what a command wrote last that go with its error. */
const WROTE_CHARACTERS = 2000;

function cancelled(signal: AbortSignal, argv: readonly string[], tail: string): BatonError {
  const wrote = lastOf(tail, WROTE_CHARACTERS);
  return new BatonError('cancelled', `'${argv[0]}' was cancelled`, {
    cause: signal.reason,
    metadata: wrote === '' ? {} : { wrote },
  });
}
