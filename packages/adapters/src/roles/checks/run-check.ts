import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence, RoleContext, WorkspaceSnapshot } from '@baton/core';
import { lastOf } from '../../process/excerpt.ts';
import {
  type Hindered,
  hinderedOf,
  noteHindrances,
  noteLeftRunning,
  refusedText,
  withRefused,
} from '../../process/hindered.ts';
import { forAttempt, keepOutput } from '../../process/keep-output.ts';
import { type CommandResult, runCommand } from '../../process/run-command.ts';
import { policyDigest, type Wall, wallOf } from '../../sandbox/wall.ts';
import { type CheckCommand, expandCommand } from './check-command.ts';
import { shownFor } from './reports-folder.ts';
import { withoutFolder } from './test-report.ts';

/** How far file times may lag behind the clock. */
const GRAIN_MS = 10;
/** Characters of output in the details of a verdict. */
const DETAILS_CHARACTERS = 16 * 1024;

export interface CheckPlace {
  readonly context: RoleContext;
  /** Path of the `{reports}` folder. */
  readonly reports: string;
  /** Folder to run in without a workspace. */
  readonly cwd: string | undefined;
  /** The files, where they were read just now. What another command left will not do: they may have changed since. */
  readonly files?: WorkspaceSnapshot | undefined;
  /** Why a failed run does not count, asked before the evidence is recorded; undefined: it counts. */
  readonly excuse?: (run: CheckRun) => Promise<string | undefined>;
}

/** What a command did. */
export interface CheckRun {
  readonly name: string;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** Why the run failed, in words that are the same every time; undefined when it passed. */
  readonly failure: string | undefined;
  /** Whether the command changed files and so has not judged the current ones: no verdict can use the run. */
  readonly changedFiles: boolean;
  /** Files that it wrote without changing them in the end: it may have judged other content. */
  readonly putBack: readonly string[];
  /** As `failure`, for how the command ended, whatever files it changed. */
  readonly ending: string | undefined;
  /** As `ending`, without refused hosts. */
  readonly ended: string | undefined;
  readonly durationMs: number;
  /** The hosts that the sandbox refused although the command passed, in words; absent: none. */
  readonly refused?: string;
  /** What the sandbox withheld when the command failed; absent: unknown. For people only. */
  readonly hindered?: Hindered;
  /** The end of the command's output. */
  readonly details: string;
  /** Output to compare failures by: all of it, or its end with a digest when it is too long. */
  readonly output: string;
  /** The files as it left them; absent without a workspace. */
  readonly files?: WorkspaceSnapshot | undefined;
}

/**
 * Runs a command in the workspace and records evidence of it. The files are read before and after: a command
 * that changes files has not judged the current ones.
 *
 * @param purpose of the run: test, verify, deploy, smoke, rollback.
 */
export async function runCheck(
  purpose: string,
  command: CheckCommand,
  { context, reports, cwd: outside, excuse, files: read }: CheckPlace,
): Promise<CheckRun> {
  const { workspace } = context;
  const { name } = command;
  const folder = workspace?.path ?? resolve(outside ?? '.');
  const { argv, env, passEnv, timeoutMs } = expandCommand(command, { reports, workspace: folder });
  const before = await (read ?? workspace)?.digest();
  const began = await afterTheGrain(workspace !== undefined);
  context.progress(`${purpose}: running '${name}'`);
  const held = wallOf(command.confinement, { workspace, folder });
  const wall = wallOf(command.confinement, { workspace, folder, scratch: [shownFor(reports)] });
  const cwd = folder;
  const what = purpose === name ? name : `${purpose}: ${name}`;
  const written = keepOutput(context, { kind: 'output', name: what }, before);
  const result = await runCommand({
    ...{ argv, cwd, env, passEnv, timeoutMs, wall },
    ...forAttempt(context),
    ...written.options,
  });
  noteLeftRunning(context, name, result);
  noteHindrances(context, name, result);
  const files = await workspace?.snapshot();
  const changedFiles = before !== (await files?.digest());
  const putBack = (changedFiles ? undefined : await files?.writtenSince?.(began)) ?? [];
  const ended = failureOf(name, result);
  const ending = ended && withRefused(ended, result);
  const refused = ended === undefined ? refusedText(result) : undefined;
  const hindered = ended === undefined ? undefined : hinderedOf(result);
  const failure = changedFiles ? filesChanged(name) : ending;
  const { exitCode, timedOut, durationMs } = result;
  context.progress(`${purpose}: ${failure ?? `'${name}' passed`}`);
  const details = withoutFolder(lastOf(result.outputTail, DETAILS_CHARACTERS), folder);
  const whole = withoutFolder(`${result.stdout}\n${result.stderr}`, folder);
  const output = result.truncated ? `${whole}\n${result.outputDigest}` : whole;
  const run = {
    ...{ name, exitCode, timedOut, failure, changedFiles, putBack, ending, ended },
    ...{ durationMs, details, output, files },
    ...(refused !== undefined && { refused }),
    ...(hindered !== undefined && { hindered }),
  };
  const tolerated = exitCode === 0 ? undefined : await excuse?.(run);
  const artifact = await written.keep(result);
  context.evidence({
    purpose: what,
    argv: [...argv],
    exitCode,
    startedAt: result.startedAt,
    durationMs,
    outputDigest: result.outputDigest,
    ...(before !== undefined && { workspaceDigest: before }),
    ...(tolerated !== undefined && { tolerated }),
    ...(held !== undefined && { sandbox: evidenceOf(held) }),
    ...(artifact !== undefined && { artifact }),
  });
  return run;
}

/** Leaves out the reports folder, which is new each time: equal policies have equal digests. */
function evidenceOf({ sandbox, policy }: Wall): Evidence['sandbox'] {
  return { name: sandbox.name, policyDigest: policyDigest(sandbox, policy) };
}

/** A time later than every earlier write to a file, however coarse file times are. */
async function afterTheGrain(isLookedAt: boolean): Promise<number> {
  const time = Date.now() + GRAIN_MS;
  if (isLookedAt) await sleep(2 * GRAIN_MS);
  return time;
}

function filesChanged(name: string): string {
  return `'${name}' changed files of the workspace, so its result is not about the files that are there now (what it writes outside of the workspace, or to files that git ignores, does no harm)`;
}

function failureOf(
  name: string,
  { exitCode, signal, timedOut, excess }: CommandResult,
): string | undefined {
  if (excess !== undefined) return `'${name}' was ended: ${excess}`;
  if (exitCode === 0) return undefined;
  if (timedOut) return `'${name}' did not end in time`;
  return exitCode === null
    ? `'${name}' was ended by ${signal ?? 'a signal'}`
    : `'${name}' failed with exit code ${exitCode}`;
}
