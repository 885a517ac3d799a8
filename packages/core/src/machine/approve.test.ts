import { describe, expect, it } from 'vitest';
import { buildDefinition } from '../model/build/build-definition.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import type { DecideApprovalCommand } from './command.ts';
import {
  advance,
  after,
  at,
  begin,
  build,
  changeOf,
  claim,
  errorOf,
  moves,
  NOW,
} from './testing/commands.ts';
import { transition } from './transition.ts';

const guarded = buildDefinition({
  approvals: [
    { from: 'verification', to: 'handoff_to_releaser', by: ['grace', 'ada'] },
    { from: 'deployment', to: 'complete' },
  ],
});

function decide(snapshot: WorkflowSnapshot, patch: Partial<DecideApprovalCommand> = {}) {
  return transition<'decide_approval'>(guarded, snapshot, {
    kind: 'decide_approval',
    now: NOW,
    expectedRevision: undefined,
    by: 'grace',
    approved: true,
    reason: undefined,
    targetState: undefined,
    ...patch,
  });
}

const held = after(advance(at('verification'), {}, guarded));

describe('an approval', () => {
  it('holds the move, with everything else in place', () => {
    const { change, reply } = advance(at('verification'), {}, guarded) as never as {
      change: ReturnType<typeof changeOf>;
      reply: object;
    };
    expect(reply).toMatchObject({ state: 'verification', awaitsApproval: true, complete: false });
    expect(change.handoffs).toEqual([]);
    expect(change.events).toMatchObject([
      { type: 'approval_requested', data: { next: 'handoff_to_releaser' } },
    ]);
    expect(held.outputs['verification']).toEqual(passingOutputs.verification);
    expect(errorOf(advance(held, {}, guarded)).message).toContain('grace or ada to approve');
    expect(errorOf(claim(held, {}, guarded)).code).toBe('wrong_state');
  });

  it('lets the move happen, handed over by the role, decided by the person', () => {
    const { snapshot, events, handoffs } = changeOf(decide(held, { now: NOW + 5000 }));
    expect(snapshot).toMatchObject({ state: 'handoff_to_releaser', awaiting: undefined });
    expect(snapshot.deadline).toBe(held.deadline + 5000);
    expect(events).toMatchObject([
      { type: 'approval_decided', triggeredBy: 'grace', data: { approved: true } },
      { type: 'state_advanced', triggeredBy: 'verification_overseer' },
    ]);
    expect(handoffs).toMatchObject([
      { fromRole: 'verification_overseer', data: passingOutputs.verification },
    ]);
  });

  it('that is refused sends the work back with the reason', () => {
    const { snapshot, events } = changeOf(decide(held, { approved: false, reason: 'too slow' }));
    expect(snapshot).toMatchObject({
      state: 'implementation',
      epoch: 2,
      feedback: { reason: 'too slow', fromRole: 'grace' },
    });
    expect(Object.keys(snapshot.outputs)).toEqual(['discovery', 'planning']);
    expect(events.map(({ type }) => type)).toEqual(['approval_decided', 'retry_requested']);
  });

  it.each([
    ['planning', 'handoff_to_coder', 'discovery'],
    ['handoff_to_coder', 'implementation', 'planning'],
    ['handoff_to_tester', 'testing', 'implementation'],
    ['handoff_to_verifier', 'verification', 'implementation'],
    ['handoff_to_releaser', 'deployment', 'implementation'],
    ['deployment', 'complete', 'implementation'],
  ])(
    'of %s → %s that is refused sends it to the phase that can do it differently: %s',
    (from, to, back) => {
      const held = buildDefinition({ approvals: [{ from, to }] });
      const waiting = after(advance(at(from), {}, held));
      const { snapshot } = changeOf(decide(waiting, { approved: false, reason: 'name it minus' }));
      expect(snapshot).toMatchObject({ state: back, feedback: { reason: 'name it minus' } });
      const chosen = changeOf(decide(waiting, { approved: false, targetState: 'discovery' }));
      expect(chosen.snapshot.state).toBe('discovery');
    },
  );

  it('that is refused where no phase comes before has the phase done again', () => {
    const first = buildDefinition({ approvals: [{ from: 'discovery', to: 'planning' }] });
    const waiting = after(advance(begin(first), {}, first));
    const again = changeOf(decide(waiting, { approved: false, reason: 'ask first' }));
    expect(again.snapshot).toMatchObject({ state: 'discovery', outputs: {}, epoch: 2 });
    expect(moves(again.events)).toEqual(['discovery → error', 'error → discovery']);
  });

  it.each([
    ['a person who is not named', { by: 'mallory' }],
    ['a role', { by: 'verification_overseer' }],
  ])('is not given by %s', (_, patch) => {
    expect(errorOf(decide(held, patch))).toMatchObject({
      code: 'not_owner',
      legal: ['grace', 'ada'],
    });
  });

  it('by anyone may be given by any caller but a role, and can complete a build', () => {
    const last = after(advance(at('deployment'), {}, guarded));
    expect(errorOf(decide(last, { by: 'release_manager' })).code).toBe('not_owner');
    expect(after(decide(last, { by: 'any caller' }))).toMatchObject({
      state: 'complete',
      completedAt: NOW,
    });
  });

  it('of files that the person has not seen is refused, and names those that there are', () => {
    const seen = { commit: 'c1', digest: 'd1' };
    const shown = { ...held, checkpoint: seen };
    expect(after(decide(shown, { expectedCheckpoint: 'd1' })).state).toBe('handoff_to_releaser');
    expect(errorOf(decide(shown, { expectedCheckpoint: 'd0' }))).toMatchObject({
      code: 'stale_revision',
      metadata: { checkpoint: 'd1' },
      message: expect.stringContaining('is at checkpoint d1, expected d0'),
    });
    expect(errorOf(decide(held, { expectedCheckpoint: 'd1' })).message).toContain(
      'has no checkpoint, expected d1',
    );
    expect(errorOf(decide(shown, { approved: false, expectedCheckpoint: 'd0' })).code).toBe(
      'stale_revision',
    );
  });

  it('is refused where nothing waits for one', () => {
    expect(errorOf(decide(at('verification'))).code).toBe('wrong_state');
    expect(after(advance(at('verification'), {}, build)).state).toBe('handoff_to_releaser');
  });
});
