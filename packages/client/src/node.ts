import type { WorkflowTypes } from '@baton/core/api';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import type { BatonClient, BatonClientOf } from './baton-client.ts';
import { createBatonClient as createFetchClient } from './browser.ts';
import { type ClientOptions, READING, resolveSettings, serverUrl } from './client-options.ts';
import { createClientOver } from './create-client.ts';

export { BatonError, type ErrorCode } from '@baton/core/errors';
export type * from './public-types.ts';

/** A connection whose other end has vanished is found out, and made anew by the next call. */
const PINGS = { pingIntervalMs: 30_000, pingTimeoutMs: 15_000 };

/**
 * A client of a Baton server, for Node: fetch for `connect` and `grpc-web`, HTTP/2 for `grpc`.
 *
 * @throws BatonError `invalid_input` for options that are out of range, and without a `baseUrl` or a
 * `transport`.
 * @typeParam T definitions that are known when code is compiled: their states, roles and outputs are typed.
 * @example
 * import { createBatonClient } from '@baton/client';
 * import type { BuildWorkflow } from '@baton/core';
 * const baton = createBatonClient({ baseUrl: 'http://127.0.0.1:7481' });
 * const typed = createBatonClient<BuildWorkflow>({ baseUrl: 'http://127.0.0.1:7481' });
 */
export function createBatonClient(options: ClientOptions): BatonClient;
export function createBatonClient<T extends WorkflowTypes>(
  options: ClientOptions,
): BatonClientOf<T>;
export function createBatonClient(options: ClientOptions): BatonClient {
  const { transport, protocol } = options;
  if (transport !== undefined || protocol !== 'grpc') return createFetchClient(options);
  const baseUrl = serverUrl(options);
  const settings = resolveSettings(options);
  const sessionManager = new Http2SessionManager(baseUrl, PINGS);
  const grpc = createGrpcTransport({ baseUrl, sessionManager, ...READING });
  return createClientOver(grpc, settings, {
    close: () => sessionManager.abort(),
    reconnect: () => sessionManager.abort(),
  });
}
