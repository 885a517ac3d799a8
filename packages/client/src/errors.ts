import { BatonError, ERROR_CODES, type ErrorCode } from '@baton/core/errors';
import { BadRequestSchema, ErrorInfoSchema } from '@baton/proto';
import { retellFields, toCoreField } from '@baton/wire';
import { Code, ConnectError } from '@connectrpc/connect';

/** For answers that are not Baton's own, such as a proxy's. */
const CODES: Readonly<Partial<Record<Code, ErrorCode>>> = {
  [Code.Canceled]: 'cancelled',
  [Code.InvalidArgument]: 'invalid_input',
  [Code.DeadlineExceeded]: 'deadline_exceeded',
  [Code.NotFound]: 'not_found',
  [Code.AlreadyExists]: 'already_exists',
  [Code.PermissionDenied]: 'permission_denied',
  [Code.Unauthenticated]: 'unauthenticated',
  [Code.ResourceExhausted]: 'limit_exceeded',
  [Code.FailedPrecondition]: 'wrong_state',
  [Code.Unavailable]: 'unavailable',
  [Code.DataLoss]: 'data_loss',
};

/** What was called, for what is said of a failure. */
export interface Callee {
  /** Where the server is; absent with a transport of the user's own. */
  readonly address?: string | undefined;
  /** Aborts when the caller wants no answer any more. */
  readonly signal?: AbortSignal | undefined;
  /** The type of the request. */
  readonly request?: string | undefined;
}

/** What a call threw, as embedded callers know it: code, violations and legal choices restored. */
export function toBatonError(reason: unknown, callee: Callee = {}): BatonError {
  if (BatonError.is(reason)) return reason;
  if (callee.signal?.aborted) {
    return new BatonError('cancelled', 'the call was aborted', { cause: callee.signal.reason });
  }
  const error = ConnectError.from(reason);
  const [info] = error.findDetails(ErrorInfoSchema);
  if (info === undefined) {
    if (error.code === Code.Unimplemented) return unknownMethod(error, callee);
    const fault = transportFault(error, callee.address);
    if (fault !== undefined) return fault;
  }
  const told = error.findDetails(BadRequestSchema)[0]?.fieldViolations ?? [];
  const nameOf = (field: string): string => toCoreField(field, callee.request);
  const reported = info?.reason.toLowerCase() as ErrorCode | undefined;
  const known = reported !== undefined && ERROR_CODES.includes(reported) ? reported : undefined;
  const { legal, retryable, ...metadata } = info?.metadata ?? {};
  const message = retellFields(error.rawMessage, told, nameOf);
  return new BatonError(known ?? CODES[error.code] ?? 'internal', message, {
    violations: told.map(({ field, description }) => ({ field: nameOf(field), description })),
    legal: legal === undefined ? [] : legal.split(','),
    metadata,
    ...(retryable !== undefined && { retryable: retryable === 'true' }),
    cause: reason,
  });
}

/**
 * The server does not know what was called, which gRPC calls unimplemented, and HTTP a path that was not found. The
 * metadata names the method: a caller can do without what it adds.
 */
function unknownMethod(cause: ConnectError, { address, request = '' }: Callee): BatonError {
  const method = request.replace(/^.*\./, '').replace(/Request$/, '');
  return new BatonError(
    'unavailable',
    `${serverAt(address)} does not know ${method} (${cause.rawMessage}): its version of Baton is older than this one, or it is no Baton server; update the server, or correct its address`,
    { cause, retryable: false, metadata: { unknownMethod: method } },
  );
}

const serverAt = (address: string | undefined): string =>
  address === undefined ? 'the server' : `the server at ${address}`;

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

/** Words of connect's about a stream that a proxy or a server that died has ended in its midst, as if it were whole. */
const CUT = 'protocol error: missing EndStreamResponse';

/** Words of connect's about an answer that came, or a request that never left. */
const NOT_THE_CONNECTION = /^(parse|serialize|unsupported|cannot make a request)\b/;

/** Words of connect's about an answer that says nothing but its status. */
const STATUS_ALONE = /^HTTP \d{3}$/;

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
function transportFault(error: ConnectError, address: string | undefined): BatonError | undefined {
  const isBroken = BROKEN.has(error.code) || error.rawMessage === CUT;
  if (!isBroken || NOT_THE_CONNECTION.test(error.rawMessage)) return undefined;
  const causes = chainOf(error.cause);
  if (causes.length > 0 && !causes.some(isFault)) return undefined;
  const found = causes.at(-1)?.message || error.rawMessage;
  const where = serverAt(address);
  if (causes.some(isNotHttp2)) {
    const message = `${where} does not speak gRPC without TLS (${found}): expected its gRPC port`;
    return new BatonError('unavailable', message, { cause: error, retryable: false });
  }
  const message = STATUS_ALONE.test(found)
    ? `${where} answered ${found} and nothing else, as a proxy does whose server is away`
    : `${where} cannot be reached: ${found}`;
  return new BatonError('unavailable', message, { cause: error });
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
