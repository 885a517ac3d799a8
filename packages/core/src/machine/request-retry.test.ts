import { describe, expect, it } from 'vitest';
import { BUILD_PHASES } from '../model/vocabulary.ts';
import {
  advance,
  after,
  at,
  begin,
  changeOf,
  errorOf,
  moves,
  NOW,
  retry,
  rollBack,
} from './testing/commands.ts';

describe('a retry request', () => {
  it.each([
    ['planning', 'discovery', ['planning → error', 'error → discovery']],
    ['handoff_to_coder', 'planning', ['handoff_to_coder → error', 'error → planning']],
    ['implementation', 'planning', ['implementation → error', 'error → planning']],
    [
      'handoff_to_tester',
      'implementation',
      ['handoff_to_tester → error', 'error → implementation'],
    ],
    ['testing', 'implementation', ['testing → implementation']],
    ['handoff_to_verifier', 'testing', ['handoff_to_verifier → error', 'error → testing']],
    ['verification', 'implementation', ['verification → implementation']],
    [
      'handoff_to_releaser',
      'verification',
      ['handoff_to_releaser → error', 'error → verification'],
    ],
    ['deployment', 'verification', ['deployment → error', 'error → verification']],
    ['error', 'deployment', ['error → deployment']],
  ])('in %s sends the work back to %s', (from, to, expected) => {
    const made = changeOf(retry(at(from), { reason: 'red', details: 'not ok 1' }));
    expect(made.snapshot).toMatchObject({
      state: to,
      epoch: 2,
      retries: 1,
      feedback: { reason: 'red', details: 'not ok 1', fromRole: 'ada' },
      failure: undefined,
    });
    expect(moves(made.events)).toEqual(expected);
    expect(made.snapshot.outputs[to]).toBeUndefined();
    expect(Object.keys(made.snapshot.outputs)).toEqual(
      BUILD_PHASES.slice(0, BUILD_PHASES.indexOf(to as never)),
    );
  });

  it('in discovery is refused: no phase came before', () => {
    expect(errorOf(retry(begin()))).toMatchObject({ code: 'illegal_transition', legal: [] });
  });

  it('may name an earlier phase, but no later one and not the current one', () => {
    expect(after(retry(at('verification'), { targetState: 'planning' })).state).toBe('planning');
    for (const targetState of ['verification', 'deployment', 'handoff_to_coder']) {
      const error = errorOf(retry(at('verification'), { targetState }));
      expect(error).toMatchObject({
        code: 'illegal_transition',
        legal: ['discovery', 'planning', 'implementation', 'testing'],
      });
    }
  });

  it('beyond the budget sends the workflow to error, where only a rollback renews it', () => {
    let snapshot = at('testing');
    for (let i = 0; i < 3; i++) {
      snapshot = after(retry(snapshot));
      while (snapshot.state !== 'testing') snapshot = after(advance(snapshot));
    }
    snapshot = after(retry(snapshot, { reason: 'still red' }));
    expect(snapshot).toMatchObject({
      state: 'error',
      failure: { code: 'retries_spent', phase: 'testing' },
    });
    expect(snapshot.failure?.message).toContain('still red');
    expect(errorOf(retry(snapshot)).code).toBe('budget_spent');
    expect(after(rollBack(snapshot, 'testing'))).toMatchObject({ state: 'testing', retries: 0 });
  });

  it('makes work that began before it worthless', () => {
    const before = at('testing');
    let snapshot = after(retry(before));
    while (snapshot.state !== 'testing') snapshot = after(advance(snapshot));
    expect(errorOf(advance(snapshot, { expectedEpoch: before.epoch })).code).toBe('stale_epoch');
  });

  it('keeps the workspace, and says in the audit trail which', () => {
    const checkpoint = { commit: 'c2', digest: 'd2' };
    const before = { ...at('testing'), checkpoint: { commit: 'c1', digest: 'd1' } };
    const { snapshot, events } = changeOf(retry(before, { checkpoint }));
    expect(events.at(-1)).toMatchObject({ type: 'retry_requested', data: { checkpoint } });
    expect(changeOf(retry(before)).events.at(-1)?.data).not.toHaveProperty('checkpoint');
    expect(snapshot.checkpoint).toEqual(checkpoint);
    expect(snapshot.path.at(-1)).toMatchObject({
      phase: 'implementation',
      enteredAt: NOW,
      checkpoint,
    });
  });
});
