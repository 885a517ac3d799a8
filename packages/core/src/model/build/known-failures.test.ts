import { expect, it } from 'vitest';
import type { JsonObject } from '../json.ts';
import { buildDefinition } from './build-definition.ts';

const CHECKPOINT = { commit: 'c', digest: 'd' };

const evidence = (purpose: string, tolerated?: string): JsonObject => ({
  purpose,
  argv: ['x'],
  exitCode: 1,
  startedAt: 0,
  durationMs: 1,
  outputDigest: 'x',
  workspaceDigest: 'd',
  ...(tolerated !== undefined && { tolerated }),
});

/** What the gates of a phase find, by name. */
function found(phase: 'testing' | 'verification', output: JsonObject, tolerates?: boolean) {
  const definition = buildDefinition(
    tolerates === undefined ? {} : { toleratesKnownFailures: tolerates },
  );
  const state = definition.states[phase];
  if (state?.kind !== 'phase') return expect.fail('no phase');
  const context = { checkpoint: CHECKPOINT, outputs: { testing: { evidence: [] } } };
  return Object.fromEntries(
    state.gates.map(({ name, check }) => [name, check(output, context as never)]),
  );
}

const known = (testsFailed: number, testsKnownToFail?: number): JsonObject => ({
  testsPassed: 3,
  testsFailed,
  ...(testsKnownToFail !== undefined && { testsKnownToFail }),
  coveragePercent: 90,
  securityIssues: [],
  evidence: [evidence('test', 'failed before')],
});

it('failures that are known pass where the definition tolerates them, and new ones do not', () => {
  expect(found('testing', known(2, 2), true)).toMatchObject({
    no_new_failures: undefined,
    evidence_on_this_workspace: undefined,
  });
  expect(found('testing', known(3, 2), true)).toMatchObject({
    no_new_failures: '1 tests failed that did not fail when the build began',
  });
  expect(found('testing', known(1), true)).toMatchObject({
    no_new_failures: expect.any(String),
  });
  const none = { ...known(1, 1), testsPassed: 0 };
  expect(found('testing', none, true)).toMatchObject({ no_new_failures: 'no test passed' });
});

it('nothing is tolerated otherwise, whatever an output says', () => {
  for (const tolerates of [undefined, false]) {
    expect(found('testing', known(2, 2), tolerates)).toMatchObject({
      all_tests_passed: '2 of 5 tests failed',
      evidence_on_this_workspace: "the evidence 'test' ended with exit code 1",
    });
  }
});

it('a check that failed before has to say so', () => {
  const output = (tolerated?: string) => ({
    approved: true,
    findings: [],
    evidence: [evidence('verify: lint', tolerated)],
  });
  expect(found('verification', output('as before'), true)).toMatchObject({
    evidence_on_this_workspace: undefined,
  });
  expect(found('verification', output(), true)).toMatchObject({
    evidence_on_this_workspace: "the evidence 'verify: lint' ended with exit code 1",
  });
});
