import type { Telemetry } from '@baton/core/api';
import { BatonError } from '@baton/core/errors';
import type { Transport } from '@connectrpc/connect';
import type { Token } from './authorization.ts';

/** Options of `createBatonClient`. */
export interface ClientOptions {
  /** Where the server is, such as `http://127.0.0.1:7481`. */
  readonly baseUrl?: string | undefined;
  /**
   * `connect` (default) and `grpc-web` work in browsers and in Node, on the server's HTTP port.
   * `grpc` works in Node, on the server's gRPC port, and where the server has TLS on either port.
   */
  readonly protocol?: 'connect' | 'grpc-web' | 'grpc' | undefined;
  /** In place of `baseUrl` and `protocol`, with whatever it needs to show who calls. */
  readonly transport?: Transport | undefined;
  /** What shows who calls: an API key or a token, or a function that is asked for one before each call. */
  readonly token?: Token | undefined;
  /** In Node: whom to trust, and the certificate to show. Default: whom Node trusts, and none. */
  readonly tls?: ClientTls | undefined;
  /**
   * Milliseconds until a call is given up, more than 0, at most 2,147,483,647; watches have no end.
   * Default 30,000.
   */
  readonly timeoutMs?: number | undefined;
  /** Times that a call is repeated when the server is away, 0 or more. Default 4. */
  readonly retries?: number | undefined;
  /** Calls carry the `traceparent` of its active span, so that what the server does joins the trace. Default: none. */
  readonly telemetry?: Pick<Telemetry, 'active'> | undefined;
  /** Wait before the first repetition, in milliseconds, 0 or more; doubles each time. Default 200. */
  readonly backoffMs?: number | undefined;
}

/** Each as PEM. */
export interface ClientTls {
  /** Who has signed the server's certificate. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  /** The key of `cert`. */
  readonly key?: string | undefined;
}

export interface CallSettings {
  readonly timeoutMs: number;
  readonly retries: number;
  readonly backoffMs: number;
  readonly telemetry: Pick<Telemetry, 'active'> | undefined;
  /** Where the server is, for what is said of failures. */
  readonly address: string | undefined;
}

/** What a timer can wait for. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The one place where defaults are decided.
 *
 * @throws BatonError `invalid_input` for a number that is out of range.
 */
export function resolveSettings(options: ClientOptions): CallSettings {
  const { timeoutMs = 30_000, retries = 4, backoffMs = 200, transport, baseUrl } = options;
  for (const name of ['token', 'tls'] as const) {
    if (transport === undefined || options[name] === undefined) continue;
    throw invalidOption(name, 'found beside a transport, which has its own; expected one of both');
  }
  check('timeoutMs', timeoutMs, timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS);
  check('retries', retries, Number.isInteger(retries) && retries >= 0);
  check('backoffMs', backoffMs, backoffMs >= 0 && Number.isFinite(backoffMs));
  return {
    timeoutMs,
    retries,
    backoffMs,
    telemetry: options.telemetry,
    address: transport === undefined ? baseUrl : undefined,
  };
}

/**
 * Where the server is.
 *
 * @throws BatonError `invalid_input` without a `baseUrl`, and for one that is no http(s) URL.
 */
export function serverUrl({ baseUrl }: ClientOptions): string {
  if (baseUrl === undefined) {
    throw new BatonError('invalid_input', 'expected a baseUrl or a transport; found neither');
  }
  if (!/^https?:\/\/[^/]/i.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw invalidOption('baseUrl', `expected a URL with http or https, found '${baseUrl}'`);
  }
  return baseUrl;
}

const RANGES = {
  timeoutMs: `milliseconds, more than 0, at most ${MAX_TIMEOUT_MS}`,
  retries: 'a whole number, 0 or more',
  backoffMs: 'milliseconds, 0 or more',
} as const;

function check(option: keyof typeof RANGES, found: unknown, isValid: boolean): void {
  if (typeof found === 'number' && isValid) return;
  throw invalidOption(option, `expected ${RANGES[option]}, found ${String(found)}`);
}

function invalidOption(field: string, description: string): BatonError {
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}

/**
 * How the transports read answers: a payload may have 64 levels, and protobuf-es, which reads 100 levels of
 * messages unless told otherwise, counts two for each of a Struct's.
 */
export const READING = {
  binaryOptions: { recursionLimit: 1000 },
  jsonOptions: { recursionLimit: 1000 },
} as const;
