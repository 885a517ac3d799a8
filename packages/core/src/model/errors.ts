/** Why Baton refused or failed. The set is closed: every binding maps each code exhaustively. */
export const ERROR_CODES = [
  'invalid_input',
  'not_found',
  'illegal_transition',
  'wrong_state',
  'gate_not_passed',
  'timed_out',
  'budget_spent',
  'not_owner',
  'unauthenticated',
  'permission_denied',
  'stale_revision',
  'stale_epoch',
  'stale_claim',
  'already_exists',
  'request_id_reused',
  'limit_exceeded',
  'unavailable',
  'cancelled',
  'deadline_exceeded',
  'data_loss',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Codes after which the same request may succeed later without being changed. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['unavailable', 'deadline_exceeded']);

/** One thing that is wrong with one field of a request. */
export interface FieldViolation {
  /** Path of the field, such as `result.coveragePercent`; empty for the whole request. */
  readonly field: string;
  /** What was found and what was expected. */
  readonly description: string;
}

export interface BatonErrorOptions {
  readonly violations?: readonly FieldViolation[] | undefined;
  /** The legal choices, where there is a list of them. */
  readonly legal?: readonly string[] | undefined;
  /** Plain facts for machines: ids, revisions, digests. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Overrides whether a retry can help; by default the code decides. */
  readonly retryable?: boolean | undefined;
  readonly cause?: unknown | undefined;
}

/** Every copy of this file in a process has the same. */
const BRAND = Symbol.for('@baton/core/BatonError');

/** The one error type of Baton. Its message says what was found and what was expected. */
export class BatonError extends Error {
  get [BRAND](): true {
    return true;
  }

  override readonly name = 'BatonError';
  readonly code: ErrorCode;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  readonly violations: readonly FieldViolation[];
  readonly legal: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, options: BatonErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? RETRYABLE.has(code);
    this.violations = options.violations ?? [];
    this.legal = options.legal ?? [];
    this.metadata = options.metadata ?? {};
  }

  /**
   * Whether a thrown value is a BatonError, also one of another copy of this package.
   *
   * @example
   * import { BatonError } from '@baton/core/errors';
   * const isMissing = (reason: unknown) => BatonError.is(reason) && reason.code === 'not_found';
   */
  static is(reason: unknown): reason is BatonError {
    return typeof reason === 'object' && reason !== null && BRAND in reason;
  }

  /** Any thrown value as a BatonError: itself, an abort as `cancelled`, all else as `internal`. */
  static from(reason: unknown): BatonError {
    if (BatonError.is(reason)) return reason;
    const message = reason instanceof Error ? textOf(reason, () => reason.message) : textOf(reason);
    const name = reason instanceof Error ? textOf(reason, () => reason.name) : '';
    const code = OF_NAMES.get(name) ?? 'internal';
    return new BatonError(code, message, { cause: reason });
  }
}

/** Errors of the platform, by name. */
const OF_NAMES: ReadonlyMap<string, ErrorCode> = new Map([
  ['AbortError', 'cancelled'],
  ['TimeoutError', 'deadline_exceeded'],
]);

/** Any thrown value in words; even one that cannot be read, or turned into text. */
function textOf(reason: unknown, read: () => unknown = () => reason): string {
  try {
    return String(read());
  } catch {
    return Object.prototype.toString.call(reason);
  }
}
