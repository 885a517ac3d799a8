import { MAX_TIMER_MS } from '@baton/core/internal';

/**
 * Callers that want no deadline often name one that is months or centuries away. The libraries that
 * keep deadlines arm a timer with it, and a timer of more than 24.8 days fires at once or at random. So
 * they get to see the longest that a timer can wait for. What is no time-out at all stays as it is: they
 * refuse it in their own way.
 */

const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** The header `grpc-timeout`: at most eight digits and a unit. */
export function legalGrpcTimeout(value: string): string {
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(value) ?? [];
  const isTooLong = Number(digits) * (UNIT_MS[unit] ?? 0) > MAX_TIMER_MS;
  return isTooLong ? `${Math.floor(MAX_TIMER_MS / 1000)}S` : value;
}

/** The header `connect-timeout-ms`: at most ten digits. */
export function legalConnectTimeout(value: string): string {
  return /^\d{1,10}$/.test(value) && Number(value) > MAX_TIMER_MS ? String(MAX_TIMER_MS) : value;
}
