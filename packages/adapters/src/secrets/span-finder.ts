/** Hears of a part of the text that holds a secret: from `start` to before `end`. */
export type OnSpan = (start: number, end: number) => void;

/**
 * Looks for secrets in a text that comes in pieces. Positions count UTF-16 code units from the
 * beginning of the whole text. What is found does not depend on where the text was cut into pieces.
 */
interface SpanFinder {
  /**
   * Reads on. Answers how far the text is settled: what is found later begins there or behind it, or
   * makes a span longer that was told before, from the same start.
   */
  read(piece: string): number;
  /** Reads the last piece. */
  end(piece: string): void;
}

export type CreateSpanFinder = (onSpan: OnSpan) => SpanFinder;
