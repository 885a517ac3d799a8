import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError, type Evidence } from '@baton/core';
import { expectDone, removeTree } from '../../workspace/file-trees.ts';
import { nameFiles } from '../review/name-files.ts';
import type { CheckCommand } from './check-command.ts';
import { differing, filePrints } from './file-prints.ts';
import { type GeneratedFiles, refusedFiles } from './generated-files.ts';
import { type CheckPlace, type CheckRun, runCheck } from './run-check.ts';

export interface JudgePlace extends CheckPlace {
  /** Which files it may change. Absent: none. */
  readonly generated?: GeneratedFiles | undefined;
  /** Whether a second run gets the folder for reports empty. */
  readonly freshReports?: boolean;
}

export interface JudgeRun extends CheckRun {
  /** Why it could not be started, in words that are the same every time; absent: it was. */
  readonly notStarted?: string;
  /** Files of the workspace that it changed, those that were accepted included. */
  readonly changed: readonly string[];
}

/**
 * Runs a command that judges. One that cannot be started is an answer, too. Files that it changes and
 * that may be changed are noted as `generated_files`, and it runs again: what counts is the run on the
 * files as they are then.
 *
 * @throws BatonError `cancelled` when the signal aborts, and what the workspace throws.
 */
export async function runJudge(
  purpose: string,
  command: CheckCommand,
  place: JudgePlace,
): Promise<JudgeRun> {
  const { context, generated, reports, freshReports } = place;
  const { workspace, note } = context;
  const before = workspace && (await filePrints(workspace));
  const first = await attempt(purpose, command, place);
  if (!first.run.changedFiles || workspace === undefined || before === undefined) {
    return kept(first, place, []);
  }
  const changed = differing(before, await filePrints(workspace));
  const { name } = command;
  const refused = generated === undefined ? changed : await refusedFiles(generated, changed);
  // A file that was changed and put back has no name here, and is as unsettled as one that has.
  if (refused.length > 0 || changed.length === 0) return kept(first, place, changed);
  note({
    code: 'generated_files',
    message: `'${name}' changed files, which counts as the command's work: ${nameFiles(changed)}`,
  });
  context.progress(`${purpose}: '${name}' changed files: running it again on them`);
  if (freshReports) await empty(reports);
  const second = await attempt(purpose, command, place);
  if (!second.run.changedFiles) return kept(second, place, changed);
  const failure = `'${name}' changes files of the workspace each time it runs (${nameFiles(changed)}), so that no verdict can speak of them`;
  return kept({ ...second, run: { ...second.run, failure } }, place, changed);
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
    const none = { exitCode: null, timedOut: false, changedFiles: false, durationMs: 0 };
    const run = {
      name: command.name,
      ...none,
      failure,
      ending: failure,
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
  return { ...run, changed };
}

async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    // A report of the run before would be taken for one of the next.
    expectDone(await removeTree(join(folder, name)));
  }
}
