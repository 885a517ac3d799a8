import type { CallFailure } from './explain-failure.ts';

/** When to repeat a failed model call. */
export interface RetryOptions {
  /** Calls of one model before it is given up, 1 or more. Default 3. */
  readonly tries?: number | undefined;
  /** Longest wait before a call is repeated, in milliseconds, 0 or more. Default 60,000. */
  readonly maxWaitMs?: number | undefined;
}

/** @returns the options with their defaults; the caller checks them. */
export function resolveRetry({ tries = 3, maxWaitMs = 60_000 }: RetryOptions = {}) {
  return { tries, maxWaitMs };
}

const FIRST_WAIT_MS = 1000;

/**
 * Milliseconds to wait before a call is repeated; undefined: give the model up.
 *
 * @param tried calls of this model so far.
 * @param now milliseconds since the Unix epoch.
 */
export function waitBeforeRetry(
  { remedy, headers }: CallFailure,
  tried: number,
  { tries, maxWaitMs }: ReturnType<typeof resolveRetry>,
  now: number,
): number | undefined {
  if (remedy !== 'wait' || tried >= tries) return undefined;
  const wait = retryAfterMs(headers, now) ?? FIRST_WAIT_MS * 2 ** (tried - 1);
  return wait > maxWaitMs ? undefined : wait;
}

/**
 * The wait that a provider asks for, in milliseconds: `retry-after-ms`, or `Retry-After` in seconds or as an
 * HTTP date (RFC 9110, 10.2.3). Undefined when it asks for none or the value makes no sense.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>> | undefined,
  now: number,
): number | undefined {
  const inMs = seconds(headers?.['retry-after-ms']);
  if (inMs !== undefined) return inMs;
  const value = headers?.['retry-after'];
  const inSeconds = seconds(value);
  if (inSeconds !== undefined) return inSeconds * 1000;
  const date = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function seconds(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}
