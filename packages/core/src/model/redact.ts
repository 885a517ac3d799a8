/** Masks secrets in a text. */
export interface Redact {
  (text: string): string;
  /**
   * Begins to mask a text that comes in pieces. Absent: such a text is masked line by line, and a
   * secret that goes over several lines is not known as one.
   */
  readonly stream?: () => RedactStream;
}

/**
 * Masks a text that comes in pieces. What may be the beginning of a secret is held back, and every
 * line end of the text is kept, so that lines can be counted.
 */
export interface RedactStream {
  /** Answers what is certain by now of everything added so far, and was not answered before. */
  add(piece: string): string;
  /** The rest; `piece` is the last one. Ends the stream. */
  end(piece?: string): string;
}

/** Characters of a line that are waited for. */
const LONGEST_LINE = 64 * 1024;

/** A stream of `redact`; where it has none, each line is masked by itself. */
export function streamOf(redact: Redact): RedactStream {
  if (redact.stream !== undefined) return redact.stream();
  let pending = '';
  return {
    add(piece) {
      pending += piece;
      const line = pending.lastIndexOf('\n') + 1;
      const end = line === 0 && pending.length > LONGEST_LINE ? pending.length : line;
      const lines = pending.slice(0, end);
      pending = pending.slice(end);
      return lines === '' ? '' : redact(lines);
    },
    end: (piece = '') => redact(pending + piece),
  };
}
