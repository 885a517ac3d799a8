import type { JsonObject } from '@baton/core';
import { expect, test } from 'vitest';
import { handOverSchema } from '../config/hand-over-schema.ts';
import { handOverRequest } from './hand-over-request.ts';

const measured = { testsPassed: 3, testsFailed: 0, coveragePercent: 22.4 };

const checkpoint = { commit: 'c', digest: 'd' };
const build = {
  workflowId: 'wf_0123456789',
  buildId: 'greet-1',
  state: 'complete',
  completedAt: 1,
  checkpoint,
  evidence: [],
};

function messageOf(testing: JsonObject): string {
  const outputs = { implementation: { summary: 'Greets' }, testing };
  return handOverRequest({ ...build, outputs }, 'Greet', handOverSchema.parse({})).message;
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
