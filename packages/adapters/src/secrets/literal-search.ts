/** Looks for many texts at once, the literals. */
export interface LiteralSearch {
  /**
   * Tells where literals are, from `start` to before `end`; those that overlap as one.
   * @returns the length of the longest end of the text that begins a literal of `least` or more characters.
   */
  find(text: string, least: number, onFound: (start: number, end: number) => void): number;
}

/** A text that literals begin with, as its last character behind a shorter one. */
interface Beginning {
  readonly last: number;
  readonly length: number;
  /** Characters of the longest literal that it ends with, 0 for none. */
  ends: number;
  /** Characters of the longest literal that begins with it. */
  longest: number;
  /** The longest other beginning that it ends with; undefined for the empty one. */
  shorter: Beginning | undefined;
  /** One of those with one more character; the others are its siblings. */
  child: Beginning | undefined;
  readonly sibling: Beginning | undefined;
}

/** The search of Aho and Corasick (1975): reads a text once, however many and alike the literals are. */
export function createLiteralSearch(literals: readonly string[]): LiteralSearch {
  const none = { ends: 0, longest: 0, shorter: undefined, child: undefined, sibling: undefined };
  const empty: Beginning = { ...none, last: -1, length: 0 };
  /** Those of one character, by it: most of a text is no further than that. */
  const first: Beginning[] = [];

  function longer(beginning: Beginning, next: number): Beginning | undefined {
    if (beginning === empty) return first[next];
    let child = beginning.child;
    while (child !== undefined && child.last !== next) child = child.sibling;
    return child;
  }

  function add(parent: Beginning, last: number): Beginning {
    const length = parent.length + 1;
    parent.child = { ...none, last, length, sibling: parent.child };
    if (parent === empty) first[last] = parent.child;
    return parent.child;
  }

  /** The longest beginning that a text ends with, one character on. */
  function after(beginning: Beginning, next: number): Beginning {
    for (let one: Beginning | undefined = beginning; one !== undefined; one = one.shorter) {
      const found = longer(one, next);
      if (found !== undefined) return found;
    }
    return empty;
  }

  for (const literal of literals) {
    let one = empty;
    for (let at = 0; at < literal.length; at++) {
      one = longer(one, literal.charCodeAt(at)) ?? add(one, literal.charCodeAt(at));
      one.longest = Math.max(one.longest, literal.length);
    }
    one.ends = literal.length;
  }
  // By length, because a longer one needs the shorter ones.
  const all = [empty];
  for (const one of all) {
    for (let child = one.child; child !== undefined; child = child.sibling) {
      child.shorter = one.shorter === undefined ? empty : after(one.shorter, child.last);
      child.ends ||= child.shorter.ends;
      all.push(child);
    }
  }

  return {
    find(text, least, onFound) {
      let [one, from, to] = [empty, 0, 0];
      for (let at = 0; at < text.length; at++) {
        one = after(one, text.charCodeAt(at));
        if (one.ends === 0) continue;
        const start = at + 1 - one.ends;
        if (start >= to && to > 0) onFound(from, to);
        from = start >= to ? start : Math.min(from, start);
        to = at + 1;
      }
      if (to > 0) onFound(from, to);
      while (one.shorter !== undefined && one.longest < Math.max(least, one.length + 1)) {
        one = one.shorter;
      }
      return one.length;
    },
  };
}
