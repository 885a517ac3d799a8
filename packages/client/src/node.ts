import type { WorkflowTypes } from '@baton/core/api';
import type { Transport } from '@connectrpc/connect';
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from '@connectrpc/connect-node';
import { authorizing } from './authorization.ts';
import type { BatonClient, BatonClientOf } from './baton-client.ts';
import { createBatonClient as createFetchClient } from './browser.ts';
import {
  type ClientOptions,
  type ClientTls,
  READING,
  resolveSettings,
  serverUrl,
} from './client-options.ts';
import { createClientOver } from './create-client.ts';

export { BatonError, type ErrorCode, isCancelled } from '@baton/core/errors';
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
  const { transport, protocol, tls } = options;
  const isFetched = protocol !== 'grpc' && tls === undefined;
  if (transport !== undefined || isFetched) return createFetchClient(options);
  const baseUrl = serverUrl(options);
  const settings = resolveSettings(options);
  const sessionManager = new Http2SessionManager(baseUrl, PINGS, present(tls));
  const common = { baseUrl, sessionManager, interceptors: authorizing(options.token), ...READING };
  return createClientOver(transportOf(common, protocol), settings, {
    close: () => sessionManager.abort(),
    reconnect: () => sessionManager.abort(),
  });
}

type Common = Parameters<typeof createGrpcTransport>[0];

/** Over HTTP/2. */
function transportOf(common: Common, protocol: ClientOptions['protocol'] = 'connect'): Transport {
  switch (protocol) {
    case 'grpc':
      return createGrpcTransport(common);
    case 'grpc-web':
      return createGrpcWebTransport({ ...common, httpVersion: '2' });
    case 'connect':
      return createConnectTransport({ ...common, httpVersion: '2', useBinaryFormat: true });
  }
}

function present({ ca, cert, key }: ClientTls = {}) {
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}
