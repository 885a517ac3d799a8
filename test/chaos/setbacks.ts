import type { Call } from './call.ts';

/**
 * What a store that forgets did, in the order of calls: it was saved at a moment between `calledAt` and
 * `answeredAt`, or it forgot everything since the last save.
 */
export interface Setback {
  readonly kind: 'saved' | 'forgot';
  /** Whether the store's driver sends again what it has no reply to. */
  readonly isSentAgain: boolean;
  readonly calledAt: number;
  readonly answeredAt: number;
}

/** An acknowledged change, and whether the store has it in the end. */
export interface Fate {
  readonly name: string;
  readonly calledAt: number;
  readonly answeredAt: number;
  readonly isThere: boolean;
}

/** Whether what `call` did may be among what the store forgot. */
export function mayBeForgotten(call: Call, setbacks: readonly Setback[]): boolean {
  return setbacks.some((forgot, i) => {
    if (forgot.kind !== 'forgot') return false;
    const saved = setbacks.slice(0, i).findLast(({ kind }) => kind === 'saved');
    const savedFrom = saved?.calledAt ?? -Infinity;
    return call.answeredAt > savedFrom && call.calledAt < forgot.answeredAt;
  });
}

/**
 * What a store that keeps one order of all its commits cannot have forgotten: a change that was
 * acknowledged before another one was asked for, of any workflow, where it still has that one.
 */
export function forgottenOutOfTurn(
  fates: readonly Fate[],
  setbacks: readonly Setback[],
): readonly string[] {
  const flaws: string[] = [];
  let since = -Infinity;
  for (const { kind, calledAt, answeredAt } of setbacks) {
    if (kind !== 'forgot') continue;
    const life = fates.filter((one) => one.calledAt > since && one.answeredAt < calledAt);
    since = answeredAt;
    const [last] = life.filter(({ isThere }) => isThere).sort((a, b) => b.calledAt - a.calledAt);
    for (const one of life) {
      if (one.isThere || last === undefined || one.answeredAt >= last.calledAt) continue;
      flaws.push(`${one.name} was forgotten, and ${last.name}, which came later, was not`);
    }
  }
  return flaws;
}
