import type { Transport } from '@connectrpc/connect';

export interface ClientOptions {
  /** Where the server is, such as `http://127.0.0.1:7481`. */
  readonly baseUrl?: string | undefined;
  /**
   * `connect` (default) and `grpc-web` work in browsers and in Node, on the server's HTTP port;
   * `grpc` works in Node, on either port of the server.
   */
  readonly protocol?: 'connect' | 'grpc-web' | 'grpc' | undefined;
  /** In place of `baseUrl` and `protocol`. */
  readonly transport?: Transport | undefined;
  /** Milliseconds until a call is given up; watches have no end. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Times that a call is repeated when the server is away. Default 4. */
  readonly retries?: number | undefined;
  /** Wait before the first repetition, in milliseconds; doubles each time. Default 200. */
  readonly backoffMs?: number | undefined;
}

export interface CallSettings {
  readonly timeoutMs: number;
  readonly retries: number;
  readonly backoffMs: number;
}

/** The one place where defaults are decided. */
export function resolveSettings(options: ClientOptions): CallSettings {
  const { timeoutMs = 30_000, retries = 4, backoffMs = 200 } = options;
  return { timeoutMs, retries, backoffMs };
}
