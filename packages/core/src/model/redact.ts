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
