import type { CoverageKind, JsonObject, TestingOutput } from '@baton/core';
import type { TestVerdict } from './judge-tests.ts';

/** Members of an output that it has only where they were measured. */
const SOMETIMES: ReadonlySet<string> = new Set([
  'testsFlaky',
  'flakyTests',
  'changedLines',
] satisfies readonly (keyof TestingOutput)[]);

/** Names of flaky tests that an output has; the rest are counted. */
const FLAKY_IN_OUTPUT = 100;

/** What the output says of a green run. */
export function measuredOutput(
  { tests, coverage }: Extract<TestVerdict, { kind: 'green' }>,
  of: CoverageKind,
) {
  const { passed, failed, skipped, flaky } = tests;
  const { all, changed, leftOut } = coverage;
  return {
    testsPassed: passed,
    testsFailed: failed,
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

/** An author's words without numbers that are there only where they were measured. */
export function withoutMeasurements(words: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(words).filter(([name]) => !SOMETIMES.has(name)));
}
