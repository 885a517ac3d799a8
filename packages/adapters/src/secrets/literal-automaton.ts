/**
 * Knows many texts and tells in one pass over a text which of them end where (Aho and Corasick,
 * "Efficient string matching", CACM 1975). A state stands for the longest end of what was read that
 * a known text begins with: so much has to be held back while it is not known how it goes on.
 */
export interface LiteralAutomaton {
  /** The state after one more UTF-16 code unit; the first one is 0. */
  next(state: number, code: number): number;
  /** How many code units a state stands for. */
  depth(state: number): number;
  /** Length of the longest known text that ends in a state; 0 where none does. */
  matched(state: number): number;
  /** The longest end of what was read, as its length, that begins a text of at least `length`. */
  begun(state: number, length: number): number;
  /** Length of the longest known text. */
  readonly longest: number;
  /**
   * Where to read on in the first state, from the index `from` to before `to`: nothing known begins
   * before, but for the last character, of which that cannot be told.
   */
  skip(text: string, from: number, to: number): number;
}

const ROOT = 0;

/**
 * @param texts of two or more code units each.
 * @param fillers characters that may stand behind the first one of a text without being read.
 */
export function createLiteralAutomaton(texts: readonly string[], fillers = ''): LiteralAutomaton {
  const size = texts.reduce((sum, text) => sum + text.length, 1);
  // A tree of all beginnings; the children of a state are a list, for most states have one.
  const codes = new Uint16Array(size);
  const child = new Int32Array(size);
  const sibling = new Int32Array(size);
  const depths = new Int32Array(size);
  const matches = new Int32Array(size);
  /** The longest text that goes through a state. */
  const reach = new Int32Array(size);
  /** The state of the longest proper end. */
  const shorter = new Int32Array(size);
  const fromRoot = new Int32Array(0x1_0000);
  let states = 1;

  function childOf(state: number, code: number): number {
    if (state === ROOT) return fromRoot[code] as number;
    let one = child[state] as number;
    while (one !== ROOT && codes[one] !== code) one = sibling[one] as number;
    return one;
  }

  function addChild(state: number, code: number): number {
    const added = states;
    states += 1;
    codes[added] = code;
    depths[added] = (depths[state] as number) + 1;
    sibling[added] = child[state] as number;
    child[state] = added;
    if (state === ROOT) fromRoot[code] = added;
    return added;
  }

  function next(state: number, code: number): number {
    for (let from = state; ; from = shorter[from] as number) {
      const to = childOf(from, code);
      if (to !== ROOT || from === ROOT) return to;
    }
  }

  for (const text of texts) {
    let state = ROOT;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      state = childOf(state, code) || addChild(state, code);
      reach[state] = Math.max(reach[state] as number, text.length);
    }
    matches[state] = text.length;
  }
  // Level by level: the shorter ends of a state are complete before the state is looked at.
  const queue = new Int32Array(states);
  for (let taken = 0, queued = 1; taken < queued; taken++) {
    const state = queue[taken] as number;
    for (let one = child[state] as number; one !== ROOT; one = sibling[one] as number) {
      const end = state === ROOT ? ROOT : next(shorter[state] as number, codes[one] as number);
      shorter[one] = end;
      if (matches[one] === 0) matches[one] = matches[end] as number;
      queue[queued] = one;
      queued += 1;
    }
  }

  return {
    next,
    depth: (state) => depths[state] as number,
    matched: (state) => matches[state] as number,
    begun(state, length) {
      let one = state;
      while (one !== ROOT && (reach[one] as number) < length) one = shorter[one] as number;
      return depths[one] as number;
    },
    longest: texts.reduce((most, text) => Math.max(most, text.length), 0),
    skip: skipToPair(
      texts.flatMap(({ 0: first = '', 1: second = '' }) =>
        [...fillers, second].map((next) => first + next),
      ),
    ),
  };
}

const PAIR_BITS = 0x3fff;

function skipToPair(pairs: readonly string[]): LiteralAutomaton['skip'] {
  const isPair = new Uint8Array(PAIR_BITS + 1);
  for (const pair of pairs) {
    isPair[((pair.charCodeAt(0) << 7) ^ pair.charCodeAt(1)) & PAIR_BITS] = 1;
  }
  return (text, from, to) => {
    let code = text.charCodeAt(from);
    let at = from;
    for (; at < to - 1; at++) {
      const following = text.charCodeAt(at + 1);
      if (isPair[((code << 7) ^ following) & PAIR_BITS] === 1) break;
      code = following;
    }
    return at;
  };
}
