import { createHash } from 'node:crypto';
import type { RoleContext, Workspace } from '@baton/core';
import { type CheckCommand, expand } from './check-command.ts';
import { parseJunitReport, type TestReport } from './junit-report.ts';
import { missingTool } from './missing-tool.ts';
import { readReport } from './read-report.ts';
import { withReportsFolder } from './reports-folder.ts';
import { type JudgeRun, runJudge } from './run-judge.ts';
import type { TestCommand } from './test-auditor.ts';

/** What the commands of a build do before the build has changed anything. */
export interface Baseline {
  /** Digest of the files that they ran on. */
  readonly tree: string;
  /** In the order in which they ran; none after an installation that failed. */
  readonly steps: readonly BaselineStep[];
}

export interface BaselineStep {
  readonly purpose: 'install' | 'test' | 'verify';
  readonly name: string;
  readonly argv: readonly string[];
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** How it failed; absent: it ended with exit code 0. */
  readonly failure?: string;
  /** What it lacked of its tools, so that it could not run; absent: nothing. */
  readonly missing?: string;
  /** The end of what it wrote. */
  readonly details: string;
  /** Digest of that without figures and places: equal for equal failures. */
  readonly print: string;
  /** Files of the workspace that it changed. */
  readonly changedFiles: readonly string[];
  /** What its report says; of `test` alone, and absent where it left none. */
  readonly tests?: TestReport;
  /** Why there is no such report. */
  readonly reportProblem?: string;
}

export interface BaselineCommands {
  readonly install?: CheckCommand | undefined;
  readonly test: TestCommand;
  readonly verify: readonly CheckCommand[];
}

export type BaselineContext = Pick<RoleContext, 'signal' | 'redact' | 'progress' | 'evidence'> & {
  readonly workspace: Workspace;
};

/**
 * Runs each command once on the files of the workspace, as they are, and takes down what it does.
 * Whatever fails is an answer. It leaves the files as the commands leave them.
 *
 * @param done hears each step as it ends.
 * @throws BatonError `cancelled` when the signal aborts: no process of a command is left then.
 */
export async function runBaseline(
  { install, test, verify }: BaselineCommands,
  context: BaselineContext,
  done: (step: BaselineStep) => void = () => undefined,
): Promise<Baseline> {
  const tree = await context.workspace.digest();
  const steps: BaselineStep[] = [];
  const place = { context: { ...context, progress: () => {}, usage: () => {}, note: () => {} } };
  await withReportsFolder(async (reports) => {
    const run = (command: CheckCommand) =>
      runJudge('baseline', command, { ...place, reports, cwd: undefined });
    const add = (step: BaselineStep): void => {
      steps.push(step);
      done(step);
    };
    if (install !== undefined) {
      const step = stepOf('install', install, await run(install), context.workspace);
      add(step);
      if (step.failure !== undefined) return;
    }
    const tested = await run(test);
    const path = expand(test.reports?.junit ?? '{reports}/junit.xml', { reports, workspace: '' });
    const reading = await readReport(path, parseJunitReport);
    const { missing, ...step } = stepOf('test', test, tested, context.workspace);
    add({
      ...step,
      ...(reading.kind === 'read' ? { tests: reading.report } : { reportProblem: reading.problem }),
      ...(reading.kind === 'none' && missing !== undefined && { missing }),
    });
    for (const one of verify) add(stepOf('verify', one, await run(one), context.workspace));
  });
  return { tree, steps };
}

function stepOf(
  purpose: BaselineStep['purpose'],
  { name, argv }: CheckCommand,
  run: JudgeRun,
  workspace: Workspace,
): BaselineStep {
  const missing = run.notStarted ?? missingTool(run);
  const { exitCode, durationMs, details, ending, changed } = run;
  return {
    purpose,
    name,
    argv,
    exitCode,
    durationMs,
    ...(ending !== undefined && { failure: ending }),
    ...(missing !== undefined && { missing }),
    details,
    print: failurePrint(run, workspace),
    changedFiles: changed,
  };
}

/** Equal for failures that differ in figures, such as times, and in where they happened, alone. */
export function failurePrint(
  { exitCode, details }: Pick<JudgeRun, 'exitCode' | 'details'>,
  { path }: Pick<Workspace, 'path'>,
): string {
  const text = details
    .replaceAll(path, '{workspace}')
    .replaceAll(/\S*baton-reports-\w+/g, '{reports}')
    .replaceAll(/\d+/g, '#');
  return createHash('sha256').update(`${exitCode}\n${text}`).digest('hex');
}

/** What a command did at the baseline; undefined: not known. */
export function stepAt(
  baseline: Baseline | undefined,
  purpose: BaselineStep['purpose'],
  name: string,
): BaselineStep | undefined {
  return baseline?.steps.find((one) => one.purpose === purpose && one.name === name);
}
