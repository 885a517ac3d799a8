import type { WorkflowEvent } from '@baton/core';
import { expect, test } from 'vitest';
import { describeEvent } from './describe-event.ts';

const event = (type: string, data: WorkflowEvent['data']): WorkflowEvent => ({
  workflowId: 'wf_1',
  sequence: 1,
  type: type as WorkflowEvent['type'],
  triggeredBy: 'ada',
  data,
  at: 1,
  revision: 1,
  epoch: 1,
});

test.each([
  ['workflow_started', { to: 'discovery' }, 'started in discovery by ada'],
  [
    'question_asked',
    { state: 'discovery', questionId: 'q1', text: 'Which colour?', choices: ['red', 'blue'] },
    'discovery: ada asks q1: Which colour? (red / blue)',
  ],
  ['question_answered', { questionId: 'q1', answer: 'red', open: [] }, 'ada answers q1: red'],
  [
    'approval_requested',
    { state: 'handoff_to_releaser', next: 'deployment', approvers: ['eve'] },
    'handoff_to_releaser → deployment waits for approval by eve',
  ],
  [
    'approval_decided',
    { state: 'handoff_to_releaser', next: 'deployment', approved: false, reason: 'not today' },
    'handoff_to_releaser → deployment rejected by ada: not today',
  ],
  [
    'definition_changed',
    { state: 'testing', differs: ['gates', 'approvals'], approvals: [] },
    'testing: other rules than before (gates, approvals), by ada',
  ],
  [
    'assignment_claimed',
    { state: 'testing', role: 'x', attempt: 1, maxAttempts: 5 },
    'testing         x',
  ],
  [
    'assignment_claimed',
    { state: 'testing', role: 'x', attempt: 2, maxAttempts: 5 },
    'testing         x  attempt 2 of 5 at this step',
  ],
  [
    'attempt_failed',
    { state: 'testing', attempt: 2, message: 'no network' },
    'testing: attempt 2 at this step failed: no network',
  ],
  [
    'retry_requested',
    { from: 'testing', to: 'implementation', retries: 3, maxRetries: 3, reason: 'red' },
    'testing → implementation  retry 3 of 3 in this build by ada: red',
  ],
  [
    'noted',
    { state: 'testing', code: 'claim_replaced', message: '80 %, not 100' },
    'testing: 80 %, not 100 (claim_replaced)',
  ],
])('%s is one line for people', (type, data, text) => {
  expect(describeEvent(event(type, data)).text).toBe(text);
});

test('an event of a newer server is shown as it is', () => {
  const { text } = describeEvent(event('baton_polished', { by: 'wax\u001b[2J' }));
  expect(text).toMatch(/^baton_polished by ada \{"by":"wax/);
  expect(text).not.toContain('\u001b');
});
