/** Errors before a connection was made: the provider has not read the request. */
const NOT_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Whether a model call failed before any output: the provider returned an error status or could not be
 * reached. An answer that broke off was not refused: its input was read and is charged, whether or not any
 * output arrived.
 *
 * @param reason what the AI SDK threw or put into the stream.
 */
export function wasRefused(reason: unknown): boolean {
  for (let error = reason, depth = 0; depth < 5; depth++) {
    if (typeof error !== 'object' || error === null) return false;
    const { statusCode, code, name, cause } = error as Record<string, unknown>;
    if (typeof statusCode === 'number' && statusCode >= 400) return true;
    if (NOT_CONNECTED.has(code) || name === 'AI_LoadAPIKeyError') return true;
    error = cause;
  }
  return false;
}
