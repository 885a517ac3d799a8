import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence, RoleContext, Workspace } from '@baton/core';
import { lastOf } from '../../process/excerpt.ts';
import {
  type Hindered,
  hinderedOf,
  noteHindrances,
  refusedText,
  withRefused,
} from '../../process/hindered.ts';
import { keepOutput, keptBytes } from '../../process/keep-output.ts';
import { noteLeftRunning } from '../../process/note-left-running.ts';
import { type CommandResult, runCommand } from '../../process/run-command.ts';
import { policyDigest } from '../../sandbox/policy-digest.ts';
import { type Wall, wallOf } from '../../sandbox/wall.ts';
import { type CheckCommand, expandCommand } from './check-command.ts';
import { shownFor } from './reports-folder.ts';
import { withoutFolder } from './without-folder.ts';

/** Times of files are up to this much behind the clock. */
const GRAIN_MS = 10;
/** Characters of output that go into the details of a verdict. */
const DETAILS_CHARACTERS = 16 * 1024;

export interface CheckPlace {
  readonly context: RoleContext;
  /** The `{reports}` folder. */
  readonly reports: string;
  /** Where to run without a workspace. */
  readonly cwd: string | undefined;
  /** Why a run that failed does not count, asked before its evidence is taken down; undefined: it does. */
  readonly excuse?: (run: CheckRun) => Promise<string | undefined>;
}

/** What a command did. */
export interface CheckRun {
  readonly name: string;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** Why this run speaks for nothing good, in words that are the same every time; absent if passed. */
  readonly failure: string | undefined;
  /** Whether it has not judged the files that are there now, so that no verdict can rest on it. */
  readonly changedFiles: boolean;
  /** Files that it wrote, though none of them is another than before: it may have judged others. */
  readonly putBack: readonly string[];
  /** The same for its end alone, whatever files it changed. */
  readonly ending: string | undefined;
  /** The same without what it was refused. */
  readonly ended: string | undefined;
  readonly durationMs: number;
  /** What it tried to reach and may not, though it passed, in words; absent: nothing. */
  readonly refused?: string;
  /** What its sandbox did not give it, where it failed; absent: nothing is known. For people alone. */
  readonly hindered?: Hindered;
  /** The end of what it wrote. */
  readonly details: string;
  /** What failures are compared by: all that it wrote, or where that is too long its digest, too. */
  readonly output: string;
}

/**
 * Runs a command in the workspace and takes down what happened, as evidence of the attempt. The workspace is digested before
 * and after: a command that changes files has not judged the files that are there now.
 *
 * @param purpose what the run is for: test, verify, deploy, smoke, rollback.
 */
export async function runCheck(
  purpose: string,
  command: CheckCommand,
  { context, reports, cwd: outside, excuse }: CheckPlace,
): Promise<CheckRun> {
  const { workspace, signal, redact } = context;
  const { name } = command;
  const folder = workspace?.path ?? resolve(outside ?? '.');
  const { argv, env, passEnv, timeoutMs } = expandCommand(command, { reports, workspace: folder });
  const before = await workspace?.digest();
  const began = await afterTheGrain(workspace);
  context.progress(`${purpose}: running '${name}'`);
  const held = wallOf(command.confinement, { workspace, folder });
  const wall = wallOf(command.confinement, { workspace, folder, scratch: [shownFor(reports)] });
  const cwd = folder;
  const result = await runCommand({
    ...{ argv, cwd, env, passEnv, timeoutMs, signal, redact, wall },
    maxCombinedBytes: keptBytes(context),
  });
  noteLeftRunning(context, name, result);
  noteHindrances(context, name, result);
  const after = await workspace?.digest();
  const changedFiles = before !== after;
  const putBack = (changedFiles ? undefined : await workspace?.writtenSince?.(began)) ?? [];
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
    ...{ durationMs, details, output },
    ...(refused !== undefined && { refused }),
    ...(hindered !== undefined && { hindered }),
  };
  const tolerated = exitCode === 0 ? undefined : await excuse?.(run);
  const what = purpose === name ? name : `${purpose}: ${name}`;
  const artifact = await keepOutput(context, what, result.combined, before);
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

/** Without the reports, whose folder is another each time: what is held to the same has the same digest. */
function evidenceOf({ sandbox, policy }: Wall): Evidence['sandbox'] {
  return { name: sandbox.name, policyDigest: policyDigest(sandbox, policy) };
}

/** A time that no earlier write of a file has, however coarse the times of files are. */
async function afterTheGrain(workspace: Workspace | undefined): Promise<number> {
  const time = Date.now() + GRAIN_MS;
  if (workspace?.writtenSince !== undefined) await sleep(2 * GRAIN_MS);
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
