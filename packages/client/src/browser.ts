import type { WorkflowTypes } from '@baton/core/api';
import { BatonError } from '@baton/core/errors';
import type { Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-web';
import { authorizing } from './authorization.ts';
import type { BatonClient, BatonClientOf } from './baton-client.ts';
import { type ClientOptions, READING, resolveSettings, serverUrl } from './client-options.ts';
import { createClientOver } from './create-client.ts';

export { BatonError, type ErrorCode, isCancelled } from '@baton/core/errors';
export type * from './public-types.ts';

/**
 * A client of a Baton server, for browsers: everything goes through fetch.
 *
 * @throws BatonError `invalid_input` for the protocol `grpc`, which browsers cannot speak, for
 * options that are out of range, and without a `baseUrl` or a `transport`.
 * @typeParam T definitions that are known when code is compiled: their states, roles and outputs are typed.
 * @example
 * import { createBatonClient } from '@baton/client';
 * const baton = createBatonClient({ baseUrl: 'https://baton.example' });
 */
export function createBatonClient(options: ClientOptions): BatonClient;
export function createBatonClient<T extends WorkflowTypes>(
  options: ClientOptions,
): BatonClientOf<T>;
export function createBatonClient(options: ClientOptions): BatonClient {
  return createClientOver(transportOf(options), resolveSettings(options));
}

function transportOf(options: ClientOptions): Transport {
  const { transport, protocol = 'connect' } = options;
  if (transport !== undefined) return transport;
  if (options.tls !== undefined) {
    throw new BatonError(
      'invalid_input',
      'tls: found in a browser, which keeps certificates itself',
    );
  }
  const baseUrl = serverUrl(options);
  const interceptors = authorizing(options.token);
  switch (protocol) {
    case 'connect':
      return createConnectTransport({ baseUrl, interceptors, useBinaryFormat: true, ...READING });
    case 'grpc-web':
      return createGrpcWebTransport({ baseUrl, interceptors, ...READING });
    case 'grpc': {
      const legal = ['connect', 'grpc-web'];
      const message = `protocol 'grpc' does not work in a browser; expected ${legal.join(' or ')}`;
      throw new BatonError('invalid_input', message, { legal });
    }
    default: {
      const legal = ['connect', 'grpc-web', 'grpc'];
      const message = `protocol: expected ${legal.join(', ')}, found '${String(protocol)}'`;
      throw new BatonError('invalid_input', message, { legal });
    }
  }
}
