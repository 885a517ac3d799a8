/**
 * Whether what clients saw can be explained by the operations happening one after another, each at
 * some moment between its call and its answer (M. Herlihy, J. Wing, "Linearizability", 1990). The
 * search is that of J. Wing and C. Gong, "Testing and Verifying Concurrent Objects", 1993, with the
 * memory of G. Lowe, "Testing for Linearizability", 2017: a set of operations that led to a state is
 * not tried twice.
 */

export interface Operation<State> {
  /** For the report. */
  readonly name: string;
  /** Order of calls and answers, from any clock that only grows. */
  readonly calledAt: number;
  /** Infinity when no answer came: it may have happened at any time since, or never. */
  readonly answeredAt: number;
  /** The state after it, or undefined when its answer cannot come from `state`. */
  step(state: State): State | undefined;
}

export type Verdict =
  | { readonly kind: 'linearizable' }
  | {
      readonly kind: 'impossible';
      /** The longest explanation that was found, by name; what follows has none. */
      readonly explained: readonly string[];
      /** The operations that could have come next, and whose answers did not fit. */
      readonly stuckAt: readonly string[];
    };

/** @param keyOf tells states apart. */
export function checkLinearizable<State>(
  initial: State,
  operations: readonly Operation<State>[],
  keyOf: (state: State) => string,
): Verdict {
  const seen = new Set<string>();
  let explained: readonly Operation<State>[] = [];

  /** @param left the operations without a place yet, by call. */
  function search(
    state: State,
    left: readonly Operation<State>[],
    done: readonly Operation<State>[],
  ): boolean {
    if (left.every(({ answeredAt }) => answeredAt === Infinity)) return true;
    const key = `${left.map((one) => operations.indexOf(one)).join()}|${keyOf(state)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    if (done.length > explained.length) explained = done;
    return candidates(left).some((next) => {
      const after = next.step(state);
      const others = left.filter((one) => one !== next);
      return after !== undefined && search(after, others, [...done, next]);
    });
  }

  const byCall = [...operations].sort((a, b) => a.calledAt - b.calledAt);
  if (search(initial, byCall, [])) return { kind: 'linearizable' };
  const rest = byCall.filter((one) => !explained.includes(one));
  return {
    kind: 'impossible',
    explained: explained.map(({ name }) => name),
    stuckAt: candidates(rest).map(({ name }) => name),
  };
}

/** What may come next: whatever was called before the first answer of those that are left. */
function candidates<State>(left: readonly Operation<State>[]): readonly Operation<State>[] {
  const firstAnswer = Math.min(...left.map(({ answeredAt }) => answeredAt));
  return left.filter(({ calledAt }) => calledAt <= firstAnswer);
}
