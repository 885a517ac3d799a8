import { describe, expect, it } from 'vitest';
import { BUILD_STATES } from '../model/vocabulary.ts';
import { ask } from './ask.ts';
import {
  advance,
  after,
  at,
  begin,
  build,
  cancel,
  changeOf,
  claim,
  errorOf,
  fail,
  NOW,
  retry,
  rollBack,
} from './testing/commands.ts';
import { transition } from './transition.ts';

const RUNNING = BUILD_STATES.filter((state) => state !== 'complete' && state !== 'error');

describe('a cancellation', () => {
  it.each(RUNNING)('takes a workflow from %s to error, with who did it and why', (from) => {
    const before = at(from);
    const { snapshot, events } = changeOf(cancel(before, { by: 'grace', reason: 'too dear' }));
    const { phase } = before.path.at(-1) as { phase: string };
    expect(snapshot).toMatchObject({
      ...{ state: 'error', role: undefined, epoch: before.epoch, outputs: before.outputs },
      failure: { state: from, phase, code: 'cancelled', message: 'too dear', by: 'grace' },
    });
    expect(events).toMatchObject([
      {
        type: 'workflow_cancelled',
        triggeredBy: 'grace',
        data: { from, to: 'error', phase, code: 'cancelled', reason: 'too dear' },
      },
    ]);
  });

  it('ends the claim, settles what was set aside for it, and refuses what its holder reports', () => {
    const claimed = after(claim(at('implementation', { budgets: { tokens: 1000 } })));
    const { snapshot, events } = changeOf(cancel(claimed, { now: NOW + 400 }));
    expect(snapshot.claim).toBeUndefined();
    expect(snapshot.usage['implementation']).toMatchObject({
      ...{ unsettledTokens: 1000, durationMs: 400 },
    });
    expect(events).toMatchObject([
      { type: 'attempt_lost', triggeredBy: 'w1', data: { why: 'withdrawn' } },
      { type: 'workflow_cancelled', triggeredBy: 'ada' },
    ]);
    const done = { role: 'code_writer', completedState: 'implementation' };
    for (const late of [advance(snapshot, { claimToken: 't1', ...done }), fail(snapshot)]) {
      expect(errorOf(late).code).toBe('stale_claim');
    }
    expect(errorOf(advance(snapshot, done)).code).toBe('wrong_state');
  });

  it('ends the wait for answers; what is taken up again asks anew', () => {
    const asking = after(
      ask(build, after(claim(begin())), {
        ...{ kind: 'ask', now: NOW, claimToken: 't1', questions: [{ text: 'Which?' }] },
        ...{ usage: undefined, notes: [] },
      }),
    );
    const snapshot = after(cancel(asking));
    expect(snapshot).toMatchObject({ state: 'error', awaiting: undefined, questions: [] });
    const answer = transition<'answer_question'>(build, snapshot, {
      ...{ kind: 'answer_question', now: NOW, by: 'ada', questionId: 'q1', answer: 'that' },
      expectedRevision: undefined,
    });
    expect(errorOf(answer).code).toBe('invalid_input');
    const again = after(claim(after(retry(snapshot))));
    expect(again).toMatchObject({ state: 'discovery', questionsAsked: 1, claim: { worker: 'w1' } });
  });

  it('cancels a workflow whose time is over and that no sweep has moved yet', () => {
    const late = at('planning', { timeoutMs: 1000 });
    expect(after(cancel(late, { now: NOW + 5000 })).failure).toMatchObject({ code: 'cancelled' });
  });

  it('is taken back by a retry or a rollback, with a time limit that begins anew', () => {
    const cancelled = after(cancel(at('handoff_to_tester')));
    const retried = after(retry(cancelled, { now: NOW + 5000, reason: 'wanted after all' }));
    expect(retried).toMatchObject({
      ...{ state: 'implementation', epoch: 2, retries: 1, failure: undefined },
      ...{ deadline: NOW + 5000 + 3_600_000, feedback: { reason: 'wanted after all' } },
    });
    expect(after(rollBack(cancelled, 'planning'))).toMatchObject({ state: 'planning', epoch: 2 });
    const spent = after(cancel(at('planning', { maxRetries: 0 })));
    expect(errorOf(retry(spent)).code).toBe('budget_spent');
    expect(after(rollBack(spent, 'planning')).state).toBe('planning');
  });

  it('is refused to roles, at another revision, of what is complete and of what waits in error', () => {
    const snapshot = at('testing');
    for (const by of Object.keys(build.roles)) {
      expect(errorOf(cancel(snapshot, { by }))).toMatchObject({ code: 'not_owner' });
    }
    expect(errorOf(cancel(snapshot, { expectedRevision: 1 })).code).toBe('stale_revision');
    const { revision } = snapshot;
    expect(cancel(snapshot, { expectedRevision: revision }).kind).toBe('accepted');
    expect(errorOf(cancel(at('complete')))).toMatchObject({ code: 'wrong_state' });
    const failed = errorOf(cancel(at('error')));
    expect(failed).toMatchObject({ code: 'wrong_state', legal: ['request retry', 'rollback'] });
    expect(failed.message).toContain('has failed already');
    const twice = errorOf(cancel(after(cancel(snapshot))));
    expect(twice.message).toContain("was cancelled already and waits in 'error'");
    expect(twice.message).toContain('discovery, planning, implementation, testing');
  });
});
