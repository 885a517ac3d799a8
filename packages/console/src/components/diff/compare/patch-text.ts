/** The lines of a diff, one after another. Only `\n` ends a line: files may hold any other kind of break. */
export interface PatchText {
  /** The next line, without going on to it; undefined behind the last one. */
  peek(): string | undefined;
  next(): string | undefined;
  /** The first character of the next line; undefined behind the last one. */
  peekSign(): string | undefined;
  /** The next line behind its sign, with its line break. */
  nextBody(): string;
  /** An error that says what stands where. */
  unexpected(expected: string, found: string | undefined): Error;
}

/** Characters of a line that an error shows. */
const MOST_SHOWN = 80;

export function linesOf(text: string): PatchText {
  let at = 0;
  let number = 0;
  const endOfLine = () => {
    const newline = text.indexOf('\n', at);
    return newline === -1 ? text.length : newline;
  };
  const peek = () => (at >= text.length ? undefined : text.slice(at, endOfLine()));
  return {
    peek,
    next() {
      const line = peek();
      at = endOfLine() + 1;
      number++;
      return line;
    },
    peekSign: () => text[at],
    // A diff has as many lines as all that it changes: of each, one string is made.
    nextBody() {
      const end = endOfLine();
      const body = end === text.length ? `${text.slice(at + 1)}\n` : text.slice(at + 1, end + 1);
      at = end + 1;
      number++;
      return body;
    },
    unexpected(expected, found) {
      const what = found === undefined ? 'the end' : JSON.stringify(found.slice(0, MOST_SHOWN));
      return new Error(
        `the diff cannot be read at line ${number}: expected ${expected}, found ${what}`,
      );
    },
  };
}
