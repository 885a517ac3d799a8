import { BatonError } from './errors.ts';
import { MAX_DEPTH } from './json.ts';

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
      // What is waiting has no line end: it is not read again with each piece.
      const inPiece = piece.lastIndexOf('\n') + 1;
      const line = inPiece === 0 ? 0 : pending.length + inPiece;
      pending += piece;
      const end = line === 0 && pending.length > LONGEST_LINE ? pending.length : line;
      if (end === 0) return '';
      const lines = pending.slice(0, end);
      pending = pending.slice(end);
      return redact(lines);
    },
    end: (piece = '') => redact(pending + piece),
  };
}

/** What holds payloads, such as an assignment, has levels of its own. */
const DEEPEST = 2 * MAX_DEPTH;

/**
 * A copy of a JSON value with every text in it masked, names of members included. A number that shows
 * a secret becomes a text; members whose names are masked alike are numbered, so that none is lost.
 *
 * @throws BatonError `invalid_input` for what is nested more than 128 deep.
 */
export function redactDeep<T>(redact: Redact, value: T): T {
  return copy(redact, value, 1) as T;
}

function copy(redact: Redact, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number') return copyNumber(redact, value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) {
    throw new BatonError(
      'invalid_input',
      `nested more than ${DEEPEST} deep; expected at most that`,
    );
  }
  if (Array.isArray(value)) return value.map((item) => copy(redact, item, depth + 1));
  const members = new Map<string, unknown>();
  for (const [name, member] of Object.entries(value)) {
    members.set(distinct(redact(name), members), copy(redact, member, depth + 1));
  }
  return Object.fromEntries(members);
}

function copyNumber(redact: Redact, value: number): number | string {
  const masked = redact(String(value));
  return masked === String(value) ? value : masked;
}

function distinct(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let nth = 2; taken.has(free); nth++) free = `${name} (${nth})`;
  return free;
}

/** The same error without secrets; its cause is left out, because it may hold any secret. */
export function redactError(redact: Redact, reason: unknown): BatonError {
  const found = BatonError.from(reason);
  const error = new BatonError(found.code, redact(found.message), {
    retryable: found.retryable,
    violations: redactDeep(redact, found.violations),
    legal: redactDeep(redact, found.legal),
    metadata: redactDeep(redact, found.metadata),
  });
  // Of a bug the place is what tells most.
  if (reason instanceof Error && reason.stack !== undefined) error.stack = redact(reason.stack);
  return error;
}
