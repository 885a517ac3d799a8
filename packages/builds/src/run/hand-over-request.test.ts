import type { JsonObject } from '@baton/core';
import { expect, test } from 'vitest';
import { handOverSchema } from '../config/argv-schema.ts';
import { handOverRequest } from './hand-over-request.ts';

type Handed = Parameters<typeof handOverRequest>[0];

const measured = { testsPassed: 3, testsFailed: 0, coveragePercent: 22.4 };

const checkpoint = { commit: 'c', digest: 'd' };
const build = {
  workflowId: 'wf_0123456789',
  buildId: 'greet-1',
  state: 'complete',
  completedAt: 1,
  checkpoint,
  notes: [],
};

function messageOf(testing: JsonObject, evidence: Handed['evidence'] = []): string {
  const outputs = { implementation: { summary: 'Greets' }, testing };
  return handOverRequest({ ...build, outputs, evidence }, 'Greet', handOverSchema.parse({}))
    .message;
}

test.each([
  ['all lines', {}, 'line coverage 22 %'],
  [
    'changed lines',
    { changedLines: { executable: 4, covered: 4, coveragePercent: 100 } },
    'line coverage 100 % of the changed lines, 22 % of all',
  ],
  [
    'no changed lines',
    { changedLines: { executable: 0, covered: 0, coveragePercent: 100 } },
    'no executable line changed, 22 % of all',
  ],
])('the message says which coverage was judged: %s', (_, more, expected) => {
  expect(messageOf({ ...measured, ...more })).toBe(
    `Greet\n\nGreets\n\nTests: 3 passed, 0 failed; ${expected}.`,
  );
});

test('the message says which failures are not of this build', () => {
  expect(messageOf({ ...measured, testsFailed: 2, testsKnownToFail: 2 })).toContain(
    'Tests: 3 passed, 2 failed, 2 of them before the build, too; line coverage 22 %.',
  );
});

test('the message names what was run on the very files, not what ran on those before them', () => {
  const run = { exitCode: 0, startedAt: 1, durationMs: 1, outputDigest: 'o' };
  const message = messageOf(measured, [
    { ...run, phase: 'discovery', purpose: 'baseline: test', argv: ['a'], workspaceDigest: 'b' },
    { ...run, phase: 'testing', purpose: 'test', argv: ['a'], workspaceDigest: 'd' },
  ]);
  expect(message).toMatch(/Run on exactly these files:\n- test: a \(exit code 0\)$/);
});

test('the message has what was changed outside of the sources, as it was noted last', () => {
  const note = (message: string, code = 'changed_outside_sources') => ({
    phase: 'deployment',
    code,
    message,
  });
  const notes = [note('this build changed a'), note('this build changed b'), note('c', 'other')];
  const { message } = handOverRequest(
    { ...build, notes, outputs: {}, evidence: [] },
    'Greet',
    handOverSchema.parse({}),
  );
  expect(message).toBe('Greet\n\nThis build changed b.');
});
