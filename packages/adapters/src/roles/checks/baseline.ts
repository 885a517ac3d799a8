import { createHash } from 'node:crypto';
import type { Workspace } from '@baton/core';
import type { Hindered } from '../../process/hindered.ts';
import type { CheckRun } from './run-check.ts';
import type { TestReport } from './test-report.ts';

/** Purpose of a baseline's evidence, which covers the files before the build and is no verdict. */
export const BASELINE = 'baseline';

/** What the commands of a build do before the build changes anything. */
export interface Baseline {
  /** Digest of the files that the commands ran on. */
  readonly tree: string;
  /**
   * Steps in the order in which they ran. After a failed installation there are none, unless the failure is
   * accepted.
   */
  readonly steps: readonly BaselineStep[];
}

/** What one command did before the build. */
export interface BaselineStep {
  readonly purpose: 'install' | 'test' | 'verify';
  readonly name: string;
  readonly argv: readonly string[];
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** How the command failed; absent: it exited with code 0. */
  readonly failure?: string;
  /** The missing tool that kept the command from running; absent: none. */
  readonly missing?: string;
  /** The hosts that the sandbox refused although the command passed, in words; absent: none. */
  readonly refused?: string;
  /** What the sandbox withheld when the command failed; absent: unknown. */
  readonly hindered?: Hindered;
  /** The end of the command's output. */
  readonly details: string;
  /** Digest of the failure without times and places. Equal failures have equal digests. */
  readonly print: string;
  /** Files of the workspace that the command changed. */
  readonly changedFiles: readonly string[];
  /** Files that the command wrote and put back. */
  readonly putBack: readonly string[];
  /** The test report. Only `test` has one; absent where it left none. */
  readonly tests?: TestReport;
  /** Why there is no test report. */
  readonly reportProblem?: string;
  /**
   * Line coverage of all files but tests, in percent. Only `test` has it; absent where it was not measured.
   */
  readonly coveragePercent?: number;
  /** Why the coverage was not measured. */
  readonly coverageProblem?: string;
}

/** Counts of problems: a failure with a higher count is not the same failure. */
const COUNTS =
  /\b(\d+)(?=\s+(?:[\w-]+\s+)?(?:errors?|problems?|fail\w*|warnings?|issues?|findings?|violations?|vulnerabilit\w+)\b)/gi;

/**
 * A digest that is equal for failures that differ only in figures, such as times, and in places. Counts of
 * problems are kept.
 */
export function failurePrint(
  { exitCode, output }: Pick<CheckRun, 'exitCode' | 'output'>,
  { path }: Pick<Workspace, 'path'>,
): string {
  const counts = [...output.matchAll(COUNTS)].map(([, count]) => count).join();
  const text = output
    .replaceAll(path, '{workspace}')
    .replaceAll(/\S*baton-reports-\w+\/reports/g, '{reports}')
    .replaceAll(/\d+/g, '#');
  return createHash('sha256').update(`${exitCode}\n${counts}\n${text}`).digest('hex');
}

/** Finds what a command did at the baseline; undefined: unknown. */
export function stepAt(
  baseline: Baseline | undefined,
  purpose: BaselineStep['purpose'],
  name: string,
): BaselineStep | undefined {
  return baseline?.steps.find((one) => one.purpose === purpose && one.name === name);
}
