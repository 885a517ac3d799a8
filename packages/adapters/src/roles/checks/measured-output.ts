import type { CoverageKind, JsonObject, TestingOutput } from '@baton/core';
import type { TestVerdict } from './judge-tests.ts';

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
