import { describe, expect, it } from 'vitest';
import { BUILD_STATES } from '../model/vocabulary.ts';
import {
  advance,
  after,
  at,
  begin,
  changeOf,
  claim,
  errorOf,
  fail,
  moves,
  retry,
  rollBack,
} from './testing/commands.ts';

describe('a rollback', () => {
  it.each(BUILD_STATES.filter((state) => state !== 'complete'))(
    'from %s goes to every phase on the way, by way of error',
    (from) => {
      const snapshot = at(from);
      for (const { phase } of snapshot.path) {
        const made = changeOf(rollBack(snapshot, phase));
        expect(made.snapshot).toMatchObject({ state: phase, epoch: 2 });
        const recovered = `error → ${phase}`;
        expect(moves(made.events)).toEqual(
          from === 'error' ? [recovered] : [`${from} → error`, recovered],
        );
        expect(Object.keys(made.snapshot.outputs)).not.toContain(phase);
      }
      const ahead = BUILD_STATES.filter((to) => !snapshot.path.some(({ phase }) => phase === to));
      for (const to of ahead) expect(rollBack(snapshot, to).kind).toBe('rejected');
    },
  );

  it('tells the former holder that its claim no longer holds, whatever it reports', () => {
    const claimed = after(claim(at('implementation'), { token: 't' }));
    const snapshot = after(rollBack(claimed, 'planning'));
    const late = [
      advance(snapshot, { claimToken: 't', role: 'code_writer', completedState: 'implementation' }),
      retry(snapshot, { claimToken: 't', by: 'code_writer' }),
      fail(snapshot, { claimToken: 't' }),
      rollBack(snapshot, 'discovery', { claimToken: 't', by: 'code_writer' }),
    ];
    for (const decision of late) {
      expect(errorOf(decision)).toMatchObject({ code: 'stale_claim', metadata: { epoch: '2' } });
    }
  });

  it('brings back the workspace of the phase entry, and withdraws its output and all later ones', () => {
    const checkpoints = {
      planning: { commit: 'p', digest: 'p' },
      testing: { commit: 't', digest: 't' },
    };
    let snapshot = begin();
    snapshot = after(advance(snapshot, { checkpoint: checkpoints.planning }));
    while (snapshot.state !== 'testing') {
      snapshot = after(advance(snapshot, { checkpoint: checkpoints.testing }));
    }
    const made = changeOf(rollBack(snapshot, 'planning'));
    expect(made.snapshot.checkpoint).toEqual(checkpoints.planning);
    expect(Object.keys(made.snapshot.outputs)).toEqual(['discovery']);
    expect(made.events.at(-1)?.data).toMatchObject({ withdrawn: ['planning', 'implementation'] });
  });
});
