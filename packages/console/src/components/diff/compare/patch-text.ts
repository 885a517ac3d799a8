/** The lines of a diff, one after another. Only `\n` ends a line: files may hold any other kind of break. */
export interface PatchText {
  /** The next line, without going on to it; undefined behind the last one. */
  peek(): string | undefined;
  next(): string | undefined;
  /** An error that says what stands where. */
  unexpected(expected: string, found: string | undefined): Error;
}

/** Characters of a line that an error shows. */
const MOST_SHOWN = 80;

export function linesOf(text: string): PatchText {
  let at = 0;
  let number = 0;
  let ahead: string | undefined;
  const read = (): string | undefined => {
    if (at >= text.length) return undefined;
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(at, end);
    at = end + 1;
    return line;
  };
  const peek = () => {
    ahead ??= read();
    return ahead;
  };
  return {
    peek,
    next() {
      const line = peek();
      ahead = undefined;
      number++;
      return line;
    },
    unexpected(expected, found) {
      const what = found === undefined ? 'the end' : JSON.stringify(found.slice(0, MOST_SHOWN));
      return new Error(
        `the diff cannot be read at line ${number}: expected ${expected}, found ${what}`,
      );
    },
  };
}
