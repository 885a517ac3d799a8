import {
  type Assignment,
  BatonError,
  type CoverageKind,
  type Evidence,
  type JsonObject,
  type TestingOutput,
  type WorkspaceSnapshot,
} from '@baton/core';
import { firstOf } from '../../process/excerpt.ts';
import { BASELINE } from './baseline.ts';
import type { TestVerdict } from './judge-tests.ts';
import type { CheckRun } from './run-check.ts';

/** Members that an output has only when they were measured. */
const SOMETIMES: ReadonlySet<string> = new Set([
  'testsKnownToFail',
  'testsFlaky',
  'flakyTests',
  'changedLines',
] satisfies readonly (keyof TestingOutput)[]);

/** Flaky tests that an output names; the rest is counted. */
const FLAKY_IN_OUTPUT = 100;

/**
 * The output of a passed run.
 *
 * @param known tests that failed, as they did before the build.
 */
export function measuredOutput(
  { tests, coverage }: Extract<TestVerdict, { kind: 'green' }>,
  of: CoverageKind,
  known: number,
) {
  const { passed, failed, skipped, flaky } = tests;
  const { all, changed, leftOut } = coverage;
  return {
    testsPassed: passed,
    testsFailed: failed + known,
    ...(known > 0 && { testsKnownToFail: known }),
    testsSkipped: skipped,
    ...(flaky.length > 0 && {
      testsFlaky: flaky.length,
      flakyTests: flaky.slice(0, FLAKY_IN_OUTPUT),
    }),
    coveragePercent: all.percent,
    coverageOf: of,
    ...(changed !== undefined && {
      changedLines: {
        executable: changed.executable,
        covered: changed.covered,
        coveragePercent: changed.coveragePercent,
      },
    }),
    coverageLeftOut: leftOut,
  } satisfies Omit<TestingOutput, 'securityIssues'>;
}

/** The author's result without figures that only a measurement can give. */
export function withoutMeasurements(words: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(words).filter(([name]) => !SOMETIMES.has(name)));
}

const MAX_CHARACTERS = 128 * 1024;

/** Names the failed runs in words that are the same every time. */
export function reasonOf(failed: readonly CheckRun[]): string {
  return failed.map(({ name, failure }) => failure ?? `'${name}' passed`).join('; ');
}

/** Joins the end of each run's output. */
export function detailsOf(failed: readonly CheckRun[]): string {
  const parts = failed.map(({ name, details }) => `== ${name}\n${details}`);
  return firstOf(parts.join('\n\n'), MAX_CHARACTERS);
}

/**
 * Refuses to act on verdicts about other files than those in the workspace. The engine would refuse the
 * output as well, but only after the role has acted.
 *
 * @throws BatonError `gate_not_passed`, not retryable, with both digests.
 */
export async function refuseStaleVerdicts(
  { inputs }: Assignment,
  files: WorkspaceSnapshot | undefined,
): Promise<void> {
  const digest = await files?.digest();
  if (digest === undefined) return;
  for (const [phase, output] of Object.entries(inputs)) {
    const evidence = (output['evidence'] ?? []) as unknown as readonly Evidence[];
    const stale = evidence.find(
      ({ purpose, workspaceDigest }) => !isBaseline(purpose) && workspaceDigest !== digest,
    );
    if (stale === undefined) continue;
    const spokeOf = stale.workspaceDigest ?? '(none)';
    throw new BatonError(
      'gate_not_passed',
      `the verdict of '${phase}' is stale: it is about workspace ${spokeOf}, this is ${digest}`,
      { metadata: { phase, expected: digest, found: spokeOf } },
    );
  }
}

/** Evidence of the baseline covers the files before the build, which differ by design. */
function isBaseline(purpose: string): boolean {
  return purpose.startsWith(`${BASELINE}: `);
}
