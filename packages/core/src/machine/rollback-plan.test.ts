import { describe, expect, it } from 'vitest';
import { BUILD_STATES } from '../model/vocabulary.ts';
import { plannedChange } from './rollback-plan.ts';
import { advance, after, at, begin, build, claim, rollBack, usageOf } from './testing/commands.ts';

function planOf(snapshot: ReturnType<typeof at>, target: string) {
  return plannedChange(build, snapshot, after(rollBack(snapshot, target)));
}

describe('the plan of a rollback', () => {
  it.each(BUILD_STATES.filter((state) => state !== 'complete'))(
    'from %s withdraws what the rollback withdraws, whatever its target',
    (from) => {
      const snapshot = at(from);
      for (const { phase } of snapshot.path) {
        const done = after(rollBack(snapshot, phase));
        const plan = planOf(snapshot, phase);
        expect(plan).toMatchObject({ state: from, targetState: phase, role: done.role });
        const gone = Object.keys(snapshot.outputs).filter(
          (state) => !Object.hasOwn(done.outputs, state),
        );
        const withdrawn = plan.withdrawn.filter(({ hasOutput }) => hasOutput);
        expect(withdrawn.map(({ state }) => state)).toEqual(gone);
        expect(plan.withdrawn[0]?.state).toBe(phase);
      }
    },
  );

  it('tells what each phase has spent, whose work is interrupted, and where the files go', () => {
    const entry = { commit: 'c1', digest: 'd1' };
    const left = { commit: 'c2', digest: 'd2' };
    let snapshot = after(advance(begin(), { checkpoint: entry, usage: usageOf(70, 0.5) }));
    snapshot = after(advance(snapshot, { checkpoint: left, usage: usageOf(30) }));
    snapshot = after(advance(snapshot));
    snapshot = after(claim(snapshot, { worker: 'w7' }));
    const plan = planOf(snapshot, 'planning');
    expect(plan).toMatchObject({
      state: 'implementation',
      claim: { worker: 'w7' },
      checkpointBefore: left,
      checkpointAfter: entry,
      withdrawn: [
        { state: 'planning', role: 'q_assistant', hasOutput: true, usage: { inputTokens: 29 } },
        { state: 'implementation', role: 'code_writer', hasOutput: false, usage: { requests: 0 } },
      ],
    });
    expect(JSON.stringify(plan)).not.toContain(snapshot.claim?.token);
  });
});
