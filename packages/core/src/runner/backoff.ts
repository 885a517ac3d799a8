/**
 * Wait before the attempt after `attempt` (from 1), in whole milliseconds: exponential, with equal jitter,
 * so that it is at least half of the full wait (M. Brooker, "Exponential Backoff and Jitter", 2015).
 */
export function backoffMs(
  attempt: number,
  { initialMs, maxMs }: { readonly initialMs: number; readonly maxMs: number },
  random: () => number,
): number {
  const full = Math.min(maxMs, initialMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (random() * full) / 2);
}
