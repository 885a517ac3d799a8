import type { Random } from './random.ts';

/**
 * `kill`: SIGKILL and a new start; `pause`: SIGSTOP for a while; `cut`: off in the middle of a reply;
 * `promote`: a replica is made the master by hand; `save`: what is there now is what a store that forgets
 * goes back to when it is killed.
 */
export type FaultKind = 'kill' | 'pause' | 'cut' | 'promote' | 'save';

export interface Fault {
  readonly kind: FaultKind;
  /** Answers that clients get before it, since the one before. */
  readonly after: number;
  /** How long it lasts: until the new start, until it goes on. */
  readonly ms: number;
  /** Bytes of the reply that still come through. */
  readonly bytes: number;
}

/** Faults on the same workflows: after it, the next round begins with new ones. */
export interface Round {
  readonly number: number;
  readonly faults: readonly Fault[];
}

const KILLS_A_ROUND = 4;

/** Makes a plan of `kills` kills with other faults between them. */
export function makePlan(
  random: Random,
  kills: number,
  kinds: readonly FaultKind[],
): readonly Round[] {
  const rounds: Round[] = [];
  const others = kinds.filter((kind) => kind !== 'kill' && kind !== 'save');
  for (let left = kills; left > 0; left -= KILLS_A_ROUND) {
    const faults: Fault[] = [];
    for (let i = 0; i < Math.min(left, KILLS_A_ROUND); i++) {
      if (others.length > 0 && random.chance(0.5)) faults.push(fault(random, random.pick(others)));
      // Now and then a store goes back further than to its last life.
      if (kinds.includes('save') && random.chance(0.7)) faults.push(fault(random, 'save'));
      faults.push(fault(random, 'kill'));
    }
    rounds.push({ number: rounds.length + 1, faults });
  }
  return rounds;
}

function fault(random: Random, kind: FaultKind): Fault {
  return {
    kind,
    after: random.between(30, 100),
    ms: kind === 'pause' ? random.between(50, 600) : random.between(0, 60),
    bytes: random.between(1, 24),
  };
}
