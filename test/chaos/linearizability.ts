/**
 * Whether what clients saw can be explained by the operations happening one after another, each at
 * some moment between its call and its answer (M. Herlihy, J. Wing, "Linearizability", 1990). The
 * search is that of J. Wing and C. Gong, "Testing and Verifying Concurrent Objects", 1993, with the
 * memory of G. Lowe, "Testing for Linearizability", 2017: a set of operations that led to a state is
 * not tried twice.
 *
 * 1. An answered operation that may come next, fits and changes nothing comes next: it would change
 *    nothing later either, unless it says that it might. It does not come next where one without an
 *    answer would be too late then.
 * 2. An unanswered one is tried only where it changes something: otherwise it may as well come later,
 *    or never.
 * 3. Where an operation comes next that was called after the `until` of an unanswered one, the unanswered
 *    one never happened.
 */

export interface Operation<State> {
  /** For the report. */
  readonly name: string;
  /** Order of calls and answers, from any clock that only grows. */
  readonly calledAt: number;
  /** Infinity when no answer came: it may have happened at any time since, or never. */
  readonly answeredAt: number;
  /** The last moment at which one without an answer may have happened, if that is known. */
  readonly until?: number | undefined;
  /** Whether it may change something later where it changes nothing now. */
  readonly mayChangeLater?: boolean | undefined;
  /** The state after it, or undefined when its answer cannot come from `state`. */
  step(state: State): State | undefined;
}

export type Verdict =
  | { readonly kind: 'linearizable' }
  | {
      /** `undecided`: so many ways were tried that the search was given up. */
      readonly kind: 'impossible' | 'undecided';
      /** The longest explanation that was found, by name; what follows has none. */
      readonly explained: readonly string[];
      /** The operations that could have come next, and whose answers did not fit. */
      readonly stuckAt: readonly string[];
    };

/** An operation with its place in the order of calls. */
interface Placed<State> extends Operation<State> {
  readonly place: number;
}

interface Step<State> {
  readonly operation: Placed<State>;
  readonly after: State;
  readonly key: string;
}

/** A place in the search: what is left there, by call, and what has not been tried. */
interface Frame<State> {
  readonly left: readonly Placed<State>[];
  /** The operation that led here. */
  readonly last: Placed<State> | undefined;
  readonly steps: Step<State>[];
}

/** Ways that are tried: many times what a history takes that can be explained. */
const MOST_WAYS = 500_000;

/** @param keyOf tells states apart. */
export function checkLinearizable<State>(
  initial: State,
  operations: readonly Operation<State>[],
  keyOf: (state: State) => string,
): Verdict {
  const seen = new Set<string>();
  const path: Frame<State>[] = [];
  let explained: readonly Placed<State>[] = [];

  /** Goes on from `state`, unless that was tried. @returns whether everything has its place. */
  function enter(
    state: State,
    key: string,
    left: readonly Placed<State>[],
    last?: Placed<State>,
  ): boolean {
    if (left.every(({ answeredAt }) => answeredAt === Infinity)) return true;
    const known = `${bitsOf(left)}|${key}`;
    if (seen.has(known)) return false;
    seen.add(known);
    path.push({ left, last, steps: stepsFrom(state, key, left) });
    if (path.length > explained.length + 1) explained = path.flatMap((one) => one.last ?? []);
    return false;
  }

  /** Depth first, without recursion: histories may be long. */
  function search(): boolean {
    if (enter(initial, keyOf(initial), byCall)) return true;
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      if (seen.size > MOST_WAYS) return false;
      const step = frame.steps.shift();
      if (step === undefined) {
        path.pop();
        continue;
      }
      const others = frame.left.filter(
        (one) => one !== step.operation && !isOver(one, step.operation),
      );
      if (enter(step.after, step.key, others, step.operation)) return true;
    }
    return false;
  }

  function stepsFrom(state: State, key: string, left: readonly Placed<State>[]): Step<State>[] {
    const steps: Step<State>[] = [];
    for (const operation of candidates(left)) {
      const after = operation.step(state);
      if (after === undefined) continue;
      const step = { operation, after, key: after === state ? key : keyOf(after) };
      const changes = step.key !== key;
      const isAnswered = operation.answeredAt < Infinity;
      const isPatient = operation.mayChangeLater || left.some((one) => isOver(one, operation));
      if (!changes && isAnswered && !isPatient) return [step];
      if (changes || isAnswered) steps.push(step);
    }
    return steps.sort((a, b) => a.operation.answeredAt - b.operation.answeredAt || 0);
  }

  const byCall = [...operations]
    .sort((a, b) => a.calledAt - b.calledAt)
    .map((operation, place) => ({ ...operation, place }));
  if (search()) return { kind: 'linearizable' };
  const rest = byCall.filter((one) => !explained.includes(one));
  return {
    kind: seen.size > MOST_WAYS ? 'undecided' : 'impossible',
    explained: explained.map(({ name }) => name),
    stuckAt: candidates(rest).map(({ name }) => name),
  };
}

/** A set of places, in a sixteenth of as many characters. */
function bitsOf(left: readonly { readonly place: number }[]): string {
  const words: number[] = [];
  for (const { place } of left) words[place >> 4] = (words[place >> 4] ?? 0) | (1 << (place & 15));
  return String.fromCharCode(...words);
}

/** Whether it is too late for `one` where `next` comes before it. */
function isOver<State>({ until }: Operation<State>, next: Operation<State>): boolean {
  return until !== undefined && until < next.calledAt;
}

/** Operations that may come next: all that were called before the first remaining answer. */
function candidates<Op extends Pick<Operation<never>, 'calledAt' | 'answeredAt'>>(
  left: readonly Op[],
): readonly Op[] {
  const firstAnswer = left.reduce((first, one) => Math.min(first, one.answeredAt), Infinity);
  return left.filter(({ calledAt }) => calledAt <= firstAnswer);
}
