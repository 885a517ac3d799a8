import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addStats, NO_STATS, type StatsDelta, statsDelta, statsShare } from '../model/stats.ts';
import type { WorkflowEvent } from '../model/trail.ts';
import { BUILD_PHASES, BUILD_STATES } from '../model/vocabulary.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { Decision } from './command.ts';
import {
  advance,
  begin,
  build,
  cancel,
  claim,
  fail,
  moves,
  NOW,
  retry,
  rollBack,
} from './testing/commands.ts';

/** What any caller may try at any time, sensible or not. */
const attempt = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'advance' as const, next: undefined }) },
  fc.record({ kind: fc.constant('advance' as const), next: fc.constantFrom(...BUILD_STATES) }),
  fc.record({
    kind: fc.constant('retry' as const),
    target: fc.option(fc.constantFrom(...BUILD_PHASES), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('roll back' as const), target: fc.constantFrom(...BUILD_STATES) }),
  fc.record({ kind: fc.constant('claim' as const) }),
  fc.record({ kind: fc.constant('cancel' as const), by: fc.constantFrom('ada', 'code_writer') }),
  fc.record({
    kind: fc.constant('fail' as const),
    retryable: fc.boolean(),
    code: fc.constantFrom('unavailable', 'cancelled'),
  }),
);

type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never;

function decide(snapshot: WorkflowSnapshot, tried: Attempt, now: number): Decision {
  const claimToken = snapshot.claim?.token;
  switch (tried.kind) {
    case 'advance':
      return advance(snapshot, { now, claimToken, nextState: tried.next });
    case 'retry':
      return retry(snapshot, { now, targetState: tried.target });
    case 'roll back':
      return rollBack(snapshot, tried.target, { now });
    case 'claim':
      return claim(snapshot, { now, token: `t${now}` });
    case 'cancel':
      return cancel(snapshot, { now, by: tried.by });
    case 'fail':
      return fail(snapshot, { now, retryAt: now, retryable: tried.retryable, code: tried.code });
  }
}

it('holds its invariants whatever is tried', () => {
  const legal = new Set(build.transitions.map(({ from, to }) => `${from} → ${to}`));
  fc.assert(
    fc.property(
      fc.array(attempt, { maxLength: 60 }),
      fc.integer({ min: 0, max: 3 }),
      (all, left) => {
        let before = begin(build, { maxRetries: left });
        let stats = addStats(NO_STATS, statsDelta(undefined, before) as StatsDelta);
        const trail: WorkflowEvent[] = [];
        for (const [i, tried] of all.entries()) {
          const decision = decide(before, tried, NOW + i * 700);
          if (decision.kind === 'rejected' || decision.kind === 'unchanged') continue;
          const { snapshot: after, events, handoffs } = decision.change;

          expect(before.completedAt).toBeUndefined();
          expect(after.revision).toBe(before.revision + 1);
          expect(events.map(({ sequence }) => sequence)).toEqual(
            events.map((_, at) => before.sequence + at + 1),
          );
          expect(after.sequence).toBe(before.sequence + events.length);
          expect(handoffs.map(({ number }) => number)).toEqual(
            handoffs.map((_, at) => before.handoffs + at + 1),
          );

          const walk = moves(events);
          for (const move of walk) expect(legal).toContain(move);
          if (walk.length > 0) {
            expect(walk[0]?.split(' → ')[0]).toBe(before.state);
            expect(walk.at(-1)?.split(' → ')[1]).toBe(after.state);
          } else expect(after.state).toBe(before.state);

          const goneBack = events.some(
            ({ type }) =>
              type === 'workflow_recovered' ||
              (type === 'retry_requested' && after.failure === undefined),
          );
          expect(after.epoch).toBe(before.epoch + (goneBack ? 1 : 0));
          const path = after.path.map(({ phase }) => phase);
          expect(new Set(path).size).toBe(path.length);
          for (const phase of Object.keys(after.outputs)) expect(path).toContain(phase);
          expect(after.failure !== undefined).toBe(after.state === 'error');
          expect(after.retries).toBeLessThanOrEqual(left);
          expect(after.attempt).toBeLessThanOrEqual(after.limits.maxAttempts);
          const cancelled = events.at(-1)?.type === 'workflow_cancelled';
          if (cancelled) expect(after).toMatchObject({ state: 'error', claim: undefined });
          const byPerson = after.failure?.code === 'cancelled';
          if (before.state !== 'error') expect(byPerson).toBe(cancelled);

          const delta = statsDelta(before, after);
          if (delta !== undefined) stats = addStats(stats, delta);
          trail.push(...events);
          expect(stats).toEqual(statsShare(after, trail));
          before = after;
        }
      },
    ),
    { numRuns: 500 },
  );
});
