import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BatonError,
  type Evidence,
  type RoleContext,
  type Workspace,
  type WorkspaceSnapshot,
} from '@baton/core';
import { checkpointLabel } from '@baton/core/internal';
import { expectDone, removeTree } from '../../files/file-trees.ts';
import { matchPaths } from '../../git/match-paths.ts';
import { nameFiles } from '../review/outcome-review.ts';
import type { Baseline } from './baseline.ts';
import type { CheckCommand } from './check-command.ts';
import { type CheckPlace, type CheckRun, runCheck } from './run-check.ts';

export interface JudgePlace extends CheckPlace {
  /** Files that the command may change. Absent: none. */
  readonly generated?: GeneratedFiles | undefined;
  /** Whether a second run gets an empty reports folder. */
  readonly freshReports?: boolean;
  /** Files that the command also wrote and put back before the build. */
  readonly putBackBefore?: readonly string[] | undefined;
  /** The phase that the command runs in. What it generated there before, it may generate again. */
  readonly phase?: string;
  /** Whether the first run counts, whatever it changes: for runs that are no verdict. */
  readonly once?: boolean;
}

export interface JudgeRun extends CheckRun {
  /** Why the command could not be started, in words that are the same every time; absent: it was started. */
  readonly notStarted?: string;
  /** Files of the workspace that the command changed, including accepted ones. */
  readonly changed: readonly string[];
}

/**
 * Runs a command that judges. A command that cannot be started is a result, not an error. When it changes
 * files that it may change, they are noted as `generated_files` and it runs again, because only a run on the
 * current files counts. A command that writes files and puts them back also runs again, for it may have
 * judged the content in between. Files that it put back before the build, too, and those that patterns
 * accept, are noted as `files_put_back`.
 *
 * @throws BatonError `cancelled` when the signal aborts, and what the workspace throws.
 */
export async function runJudge(
  purpose: string,
  command: CheckCommand,
  place: JudgePlace,
): Promise<JudgeRun> {
  const { context, generated, reports, freshReports, once } = place;
  const { workspace, note } = context;
  const files = await workspace?.snapshot();
  const before = workspace && files && (await printsOf(workspace, files));
  const first = await attempt(purpose, command, { ...place, files });
  if (workspace === undefined || before === undefined) return kept(first, place, []);
  const { name } = command;
  const { changedFiles, putBack } = first.run;
  const left = first.run.files;
  const changed = changedFiles && left ? differing(before, await printsOf(workspace, left)) : [];
  if (once) return kept(first, place, changed);
  if (changedFiles) {
    const refused = generated === undefined ? changed : await refusedFiles(generated, changed);
    // A change to files that have no name cannot be judged by another run.
    if (refused.length > 0 || changed.length === 0) return kept(first, place, changed);
    note({
      code: 'generated_files',
      message: `'${name}' changed files, which counts as the command's work: ${nameFiles(changed)}`,
    });
  } else if ((await unexpected(putBack, place)).length === 0) return kept(first, place, []);
  const did = changedFiles ? 'changed files' : 'wrote files and put them back';
  context.progress(`${purpose}: '${name}' ${did}: running it again`);
  if (freshReports) await empty(reports);
  const second = await attempt(purpose, command, place);
  const failure = await unsettled(command, second.run, changed, place);
  if (failure === undefined) return kept(second, place, changed);
  return kept({ ...second, run: { ...second.run, changedFiles: true, failure } }, place, changed);
}

/** Why the second run is no verdict on the files either; undefined: it is one. */
async function unsettled(
  { name }: CheckCommand,
  { changedFiles, putBack }: CheckRun,
  changed: readonly string[],
  place: JudgePlace,
): Promise<string | undefined> {
  if (changedFiles) {
    return `'${name}' changes files of the workspace each time it runs (${nameFiles(changed)}), so no verdict can cover them`;
  }
  // A file that it generates may be written in every run.
  const others = putBack.filter((path) => !changed.includes(path));
  const files = await unexpected(others, place);
  if (files.length === 0) return undefined;
  return `'${name}' writes files of the workspace, their modes or their names, and puts them back each time it runs (${nameFiles(files)}), so it is unknown which content it judged: have it leave them alone, or accept them with patterns in workspace.generated`;
}

/** The files that it was not permitted to write. */
async function unexpected(
  putBack: readonly string[],
  { context, generated, putBackBefore = [], phase = '' }: JudgePlace,
): Promise<readonly string[]> {
  const fresh: string[] = [];
  for (const path of putBack.filter((one) => !putBackBefore.includes(one))) {
    const label = await context.workspace?.labelOf?.(path);
    if (label !== checkpointLabel(phase)) fresh.push(path);
  }
  // Permission to change everything does not say which files are written in every run.
  return typeof generated === 'object' ? refusedFiles(generated, fresh) : fresh;
}

interface Attempted {
  readonly run: CheckRun & { readonly notStarted?: string };
  readonly evidence: readonly Evidence[];
}

async function attempt(
  purpose: string,
  command: CheckCommand,
  place: CheckPlace,
): Promise<Attempted> {
  const evidence: Evidence[] = [];
  const context = { ...place.context, evidence: (one: Evidence) => void evidence.push(one) };
  try {
    return { run: await runCheck(purpose, command, { ...place, context }), evidence };
  } catch (reason) {
    const error = BatonError.from(reason);
    if (error.code !== 'invalid_input' || error.metadata['program'] === undefined) throw reason;
    const notStarted = error.message;
    const failure = `'${command.name}' did not start: ${notStarted}`;
    const none = {
      exitCode: null,
      timedOut: false,
      changedFiles: false,
      putBack: [],
      durationMs: 0,
    };
    const run = {
      name: command.name,
      ...none,
      failure,
      ending: failure,
      ended: failure,
      details: '',
      output: '',
      notStarted,
    };
    return { run, evidence };
  }
}

function kept(
  { run, evidence }: Attempted,
  { context }: CheckPlace,
  changed: readonly string[],
): JudgeRun {
  for (const one of evidence) context.evidence(one);
  const putBack = run.putBack.filter((path) => !changed.includes(path));
  if (putBack.length > 0) {
    const message = `'${run.name}' wrote files and put them back: ${nameFiles(putBack)}`;
    context.note({ code: 'files_put_back', message });
  }
  return { ...run, changed };
}

/**
 * Empties the reports folder, so that no report of the first run counts for the second. Does not follow
 * links.
 */
async function empty(folder: string): Promise<void> {
  expectDone(await removeTree(folder));
  await mkdir(folder);
}

/** Options of roles that judge by running commands. */
export interface JudgeOptions {
  /** Returns what the commands did before the build changed anything. Default: unknown. */
  readonly baseline?: ((workspace: Workspace) => Promise<Baseline | undefined>) | undefined;
  /** Whether failures that the baseline has may remain. Default false. */
  readonly toleratesKnownFailures?: boolean | undefined;
  /** The files that commands may change. Default: none; a verdict with changed files is refused. */
  readonly generated?: GeneratedFiles | undefined;
}

/** Reads the baseline of a build; undefined when there is none. */
export async function baselineOf(
  { baseline }: JudgeOptions,
  { workspace }: Pick<RoleContext, 'workspace'>,
): Promise<Baseline | undefined> {
  return workspace === undefined ? undefined : baseline?.(workspace);
}

/**
 * The files that commands of a build may change, such as lockfiles, formatted sources and generated
 * documents: all, none, or those that patterns in the syntax of `.gitignore` match.
 */
export type GeneratedFiles = 'accept' | 'refuse' | { readonly accept: readonly string[] };

/** Returns the paths that commands may not change. */
export async function refusedFiles(
  generated: GeneratedFiles,
  paths: readonly string[],
): Promise<readonly string[]> {
  if (paths.length === 0 || generated === 'accept') return [];
  if (generated === 'refuse') return paths;
  const accepted = new Set(await matchPaths(generated.accept, paths));
  return paths.filter((path) => !accepted.has(path));
}

/** Digests by path of the files that differ from when the workspace was opened. */
export type FilePrints = ReadonlyMap<string, string>;

/** Takes the digests. Taken before and after a command, they show which files it changed. */
export async function filePrints(
  workspace: Pick<Workspace, 'path' | 'changedFiles'>,
): Promise<FilePrints> {
  const prints = new Map<string, string>();
  for (const path of await workspace.changedFiles('entry')) {
    prints.set(path, await filePrint(join(workspace.path, path)));
  }
  return prints;
}

function printsOf({ path }: Workspace, { changedFiles }: WorkspaceSnapshot): Promise<FilePrints> {
  return filePrints({ path, changedFiles });
}

/** Returns the sorted paths of the files that differ. */
export function differing(before: FilePrints, after: FilePrints): readonly string[] {
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all].filter((path) => before.get(path) !== after.get(path)).sort();
}

/** Digest of a file's kind, executable bit and content; a missing file has a digest of its own. */
export async function filePrint(path: string): Promise<string> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return 'none';
  const content = found.isSymbolicLink()
    ? await readlink(path)
    : found.isFile()
      ? await readFile(path)
      : '';
  const digest = createHash('sha256').update(content).digest('hex');
  return `${found.mode & 0o170100} ${digest}`;
}
