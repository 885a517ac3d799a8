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
