import { createHash } from 'node:crypto';
import type { Workspace } from '@baton/core';
import type { Hindered } from '../../process/hindered.ts';
import type { CheckRun } from './run-check.ts';
import type { TestReport } from './test-report.ts';

/** What the evidence of a baseline is for: it speaks of the files before the build, and is no verdict. */
export const BASELINE = 'baseline';

/** What the commands of a build do before the build has changed anything. */
export interface Baseline {
  /** Digest of the files that they ran on. */
  readonly tree: string;
  /** In the order in which they ran; none after an installation that failed, unless that is accepted. */
  readonly steps: readonly BaselineStep[];
}

/** What one command did before the build. */
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
  /** What it tried to reach and may not, though it passed, in words; absent: nothing. */
  readonly refused?: string;
  /** What its sandbox did not give it, where it failed; absent: nothing is known. */
  readonly hindered?: Hindered;
  /** The end of what it wrote. */
  readonly details: string;
  /** Digest of all that, without times and places: equal for equal failures. */
  readonly print: string;
  /** Files of the workspace that it changed. */
  readonly changedFiles: readonly string[];
  /** Files that it wrote and put back. */
  readonly putBack: readonly string[];
  /** What its report says; of `test` alone, and absent where it left none. */
  readonly tests?: TestReport;
  /** Why there is no such report. */
  readonly reportProblem?: string;
  /** Line coverage of all files but tests, percent; of `test` alone, and absent where it was not measured. */
  readonly coveragePercent?: number;
  /** Why it was not. */
  readonly coverageProblem?: string;
}

/** Counts of what is wrong: more of it is no equal failure. */
const COUNTS =
  /\b(\d+)(?=\s+(?:[\w-]+\s+)?(?:errors?|problems?|fail\w*|warnings?|issues?|findings?|violations?|vulnerabilit\w+)\b)/gi;

/**
 * Equal for failures that differ in figures, such as times, and in where they happened, alone. Counts
 * of what is wrong are no such figures.
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

/** What a command did at the baseline; undefined: not known. */
export function stepAt(
  baseline: Baseline | undefined,
  purpose: BaselineStep['purpose'],
  name: string,
): BaselineStep | undefined {
  return baseline?.steps.find((one) => one.purpose === purpose && one.name === name);
}
