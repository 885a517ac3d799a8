import type { Outcome, RoleContext } from '@baton/core';
import { hinderedText } from '../../process/hindered.ts';
import { nameFiles } from '../review/name-files.ts';
import type { BaselineStep } from './baseline.ts';
import type { CheckCommand } from './check-command.ts';
import { missingTool } from './missing-tool.ts';
import type { JudgeRun } from './run-judge.ts';
import { changedManifests, forAPerson, takenAwayByBuild } from './whose-fault.ts';

export interface FaultCircumstances {
  readonly context: Pick<RoleContext, 'workspace'>;
  /** What the command did at the baseline; undefined: unknown. */
  readonly before: BaselineStep | undefined;
  /** Whether no report shows that the command did its work. */
  readonly unjudged: boolean;
}

/**
 * The outcome of a run that failed because of its tools instead of the files: it fails the attempt, so that a
 * person looks, unless the build removed the tools. Undefined: the failure is about the files.
 */
export async function faultOf(
  command: CheckCommand,
  run: JudgeRun,
  { context, before, unjudged }: FaultCircumstances,
): Promise<Outcome | undefined> {
  const { name, notStarted, details } = run;
  if (run.changedFiles && before !== undefined && before.changedFiles.length > 0) {
    const files = nameFiles(run.changed.length > 0 ? run.changed : before.changedFiles);
    const advice = 'have it leave tracked files alone, or accept them with workspace.generated';
    return {
      kind: 'fail',
      reason: `'${name}' changes files, as it did before the build: ${files}. No role can fix that: ${advice}, then request a retry`,
    };
  }
  if (run.changedFiles && run.putBack.length > 0 && (before?.putBack.length ?? 0) > 0) {
    const advice = 'have it leave them alone, or accept them with patterns in workspace.generated';
    return {
      kind: 'fail',
      reason: `'${name}' writes files, their modes or their names, and puts them back, as it did before the build: ${nameFiles(run.putBack)}. No role can fix that: ${advice}, then request a retry`,
    };
  }
  const missing = notStarted ?? (unjudged && !run.timedOut ? missingTool(run) : undefined);
  if (missing === undefined) return unreportedAsBefore(command, run, { context, before, unjudged });
  const circumstances = { before, notStarted: notStarted !== undefined };
  const why = await takenAwayByBuild(command, context.workspace, circumstances);
  if (why === undefined) {
    const hindered = run.hindered === undefined ? '' : `; ${hinderedText(run.hindered)}`;
    return { kind: 'fail', reason: `${forAPerson(name, missing)}${hindered}` };
  }
  const reason = `'${name}' can no longer run: ${missing}; ${why}`;
  return { kind: 'request_retry', reason, details, targetState: 'implementation' };
}

/**
 * Fails the attempt when the tests pass without a report, as they did before the build: no role can fix
 * the command that runs them.
 */
async function unreportedAsBefore(
  command: CheckCommand,
  { name, ending }: JudgeRun,
  { context: { workspace }, before, unjudged }: FaultCircumstances,
): Promise<Outcome | undefined> {
  if (!unjudged || ending !== undefined || workspace === undefined) return undefined;
  if (before?.reportProblem === undefined || before.failure !== undefined) return undefined;
  if ((await changedManifests(command, workspace)).length > 0) return undefined;
  const problem = `'${name}' passes and leaves no test report, as it did before the build: ${before.reportProblem}`;
  const advice =
    'have the command write JUnit XML where the configuration says, then request a retry';
  return { kind: 'fail', reason: `${problem}. No role can fix that: ${advice}` };
}
