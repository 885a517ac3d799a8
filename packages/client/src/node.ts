import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import type { BatonClient } from './baton-client.ts';
import { createBatonClient as createFetchClient } from './browser.ts';
import { type ClientOptions, resolveSettings, serverUrl } from './client-options.ts';
import { createClientOver } from './create-client.ts';

export { BatonError, type ErrorCode } from '@baton/core/errors';
export type * from './public-types.ts';

/**
 * A client of a Baton server, for Node: fetch for `connect` and `grpc-web`, HTTP/2 for `grpc`.
 *
 * @throws BatonError `invalid_input` for options that are out of range, and without a `baseUrl` or a
 * `transport`.
 */
export function createBatonClient(options: ClientOptions): BatonClient {
  const { transport, protocol } = options;
  if (transport !== undefined || protocol !== 'grpc') return createFetchClient(options);
  const baseUrl = serverUrl(options);
  const settings = resolveSettings(options);
  const sessionManager = new Http2SessionManager(baseUrl);
  const grpc = createGrpcTransport({ baseUrl, sessionManager });
  return createClientOver(grpc, settings, () => sessionManager.abort());
}
