import type { JsonObject, WorkflowEvent } from '@baton/core/api';
import { expect, it } from 'vitest';
import { type AttemptEntry, type Entry, timelineOf } from './timeline.ts';
import { moveKey, walkOf } from './walk.ts';

/** A trail of events, numbered as they come. */
function trail(...events: readonly (readonly [type: string, data: JsonObject, epoch?: number])[]) {
  return events.map(
    ([type, data, epoch = 1], index): WorkflowEvent => ({
      ...{ workflowId: 'wf_1', sequence: index + 1, type, data, epoch },
      ...{ triggeredBy: 'test_auditor', at: 1000 * (index + 1), revision: index + 1 },
    }),
  );
}

const claim = (state: string, attempt = 1) =>
  ['assignment_claimed', { state, role: 'r', attempt, maxAttempts: 5 }] as const;
const move = (from: string, to: string) =>
  ['state_advanced', { from, to, gates: ['coverage'] }] as const;
const attemptsIn = (entries: readonly Entry[]) =>
  entries.filter((entry): entry is AttemptEntry => entry.kind === 'attempt');

const SENT_BACK = trail(
  ['workflow_started', { to: 'implementation' }],
  claim('implementation'),
  move('implementation', 'testing'),
  claim('testing'),
  [
    'retry_requested',
    { from: 'testing', to: 'implementation', reason: 'a test fails', retries: 1, maxRetries: 3 },
    2,
  ],
  claim('implementation'),
);

it('makes one entry of an attempt, from its claim to its end', () => {
  const [first] = attemptsIn(timelineOf(SENT_BACK));
  expect(first).toMatchObject({
    state: 'implementation',
    at: 2000,
    endedAt: 3000,
    tone: 'good',
    gates: ['coverage'],
  });
});

it('withdraws the attempts that the work went back behind, and leaves the new one under way', () => {
  const attempts = attemptsIn(timelineOf(SENT_BACK));
  expect(attempts.map(({ withdrawnBy }) => withdrawnBy)).toEqual([5, 5, undefined]);
  expect(attempts.at(-1)).toMatchObject({ endedAt: undefined, outcome: 'In progress' });
});

it('keeps what came before the state that a rollback goes to', () => {
  const entries = timelineOf(
    trail(
      claim('planning'),
      move('planning', 'implementation'),
      claim('implementation'),
      move('implementation', 'testing'),
      [
        'rollback_requested',
        {
          from: 'testing',
          to: 'error',
          target: 'implementation',
          reason: 'no',
          withdrawn: ['implementation'],
        },
      ],
      ['workflow_recovered', { from: 'error', to: 'implementation', reason: 'no' }],
    ),
  );
  expect(attemptsIn(entries).map(({ withdrawnBy }) => withdrawnBy)).toEqual([undefined, 5]);
  // Both hops are one thing that happened.
  expect(entries.filter(({ kind }) => kind === 'happening')).toHaveLength(1);
});

it('says where a build was cancelled and why, and that the attempt under way lost its claim', () => {
  const entries = timelineOf(
    trail(
      ['assignment_claimed', { state: 'planning', role: 'q_assistant', attempt: 1 }],
      ['attempt_lost', { state: 'planning', attempt: 1, why: 'withdrawn' }],
      ['workflow_cancelled', { from: 'planning', to: 'error', reason: 'not wanted' }],
    ),
  );
  expect(entries[0]).toMatchObject({ outcome: 'Lost its claim: withdrawn' });
  // The attempt says that it ended: that is told once.
  expect(entries).toHaveLength(2);
  expect(entries.at(-1)).toMatchObject({
    ...{ title: 'Cancelled in planning', detail: 'not wanted', tone: 'warning' },
  });
});

it('ends an attempt that failed, lost its claim or asked', () => {
  const entries = timelineOf(
    trail(
      claim('planning'),
      ['attempt_failed', { state: 'planning', attempt: 1, message: 'no answer' }],
      claim('planning', 2),
      ['attempt_lost', { state: 'planning', attempt: 2, why: 'it ran out' }],
      claim('planning', 3),
      ['question_asked', { state: 'planning', questionId: 'q1', text: 'Which?' }],
    ),
  );
  expect(attemptsIn(entries).map(({ outcome }) => outcome)).toEqual([
    'Failed: no answer',
    'Lost its claim: it ran out',
    'Asked a question',
  ]);
});

it('puts what was noted during an attempt to it, and shows unknown events as they are', () => {
  const entries = timelineOf(
    trail(
      claim('planning'),
      ['noted', { message: 'a claim was not borne out' }],
      ['of_the_future', { x: 1 }],
    ),
  );
  expect(attemptsIn(entries)[0]?.notes).toEqual(['a claim was not borne out']);
  expect(entries.at(-1)).toMatchObject({ title: 'of_the_future', detail: '{"x":1}' });
});

it('counts how often each state was entered and each move was made', () => {
  const { visits, moves, steps } = walkOf(SENT_BACK);
  expect(steps).toEqual(['implementation', 'testing', 'implementation']);
  expect(visits.get('implementation')).toBe(2);
  expect(moves.get(moveKey('testing', 'implementation'))).toBe(1);
});
