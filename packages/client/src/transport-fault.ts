import { BatonError } from '@baton/core/errors';
import { Code, type ConnectError } from '@connectrpc/connect';

/**
 * Codes that transports make up when a connection breaks: connect-node calls a reset `Aborted`, a
 * refused or broken stream `Internal`, a stream that its session took along `Canceled`; fetch knows
 * no code at all. Baton's own errors of these codes carry an ErrorInfo.
 */
const BROKEN: ReadonlySet<Code> = new Set([
  Code.Aborted,
  Code.Canceled,
  Code.Internal,
  Code.Unknown,
  Code.Unavailable,
]);

/** Words of connect's about an answer that came, or a request that never left. */
const NOT_THE_CONNECTION = /^(parse|serialize|unsupported|HTTP [45]|cannot make a request)\b/;

/** Node's words for an answer that is not HTTP/2: an HTTP/1.1 server, or one that wants TLS. */
function isNotHttp2(cause: Error): boolean {
  return codeOf(cause) === 'ERR_HTTP2_ERROR' && cause.message === 'Protocol error';
}

/**
 * A failure of the connection rather than of the server: `unavailable`. It is retryable unless the
 * peer speaks another protocol. Undefined for any other failure.
 *
 * @param error without an ErrorInfo: Baton has not answered.
 */
export function transportFault(
  error: ConnectError,
  address: string | undefined,
): BatonError | undefined {
  if (!BROKEN.has(error.code) || NOT_THE_CONNECTION.test(error.rawMessage)) return undefined;
  const causes = chainOf(error.cause);
  if (causes.length > 0 && !causes.some(isFault)) return undefined;
  const found = causes.at(-1)?.message || error.rawMessage;
  const where = address === undefined ? 'the server' : `the server at ${address}`;
  if (causes.some(isNotHttp2)) {
    const message = `${where} does not speak gRPC without TLS (${found}): expected its gRPC port`;
    return new BatonError('unavailable', message, { cause: error, retryable: false });
  }
  return new BatonError('unavailable', `${where} cannot be reached: ${found}`, { cause: error });
}

/** A system error, one of Node's, or fetch's network error, which is a TypeError. */
function isFault(cause: Error): boolean {
  return cause instanceof TypeError || codeOf(cause) !== undefined;
}

function codeOf(cause: Error): string | undefined {
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}

/** The error, what caused it, and so on; of several at once, the first. */
function chainOf(reason: unknown): readonly Error[] {
  const chain: Error[] = [];
  let next = reason;
  while (next instanceof Error && !chain.includes(next)) {
    chain.push(next);
    next = next instanceof AggregateError ? next.errors[0] : next.cause;
  }
  return chain;
}
