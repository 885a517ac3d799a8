import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { untilAborted } from '@baton/core/waits';
import { canonicalAddress } from './addresses.ts';

/** Options of {@link dialChecked}. */
export interface DialCheckedOptions {
  /** Resolves a name to all its addresses. */
  readonly lookup: (name: string) => Promise<readonly string[]>;
  /** Whether an address, normalized, must not be connected to. */
  readonly refuses: (address: string) => boolean;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
}

/** A host leads to an address that must not be connected to. */
export class ForbiddenAddress extends Error {
  readonly address: string;

  constructor(address: string) {
    super(`it leads to ${address}`);
    this.address = address;
  }
}

/**
 * Connects to a host whose addresses are permitted. A name is resolved once and exactly the checked addresses are
 * dialled, so that a second DNS answer changes nothing.
 *
 * @param host normalized, as `canonicalHost` does.
 * @throws ForbiddenAddress when none of its addresses is permitted, and any error of the connection.
 * @example
 * import { lookup } from 'node:dns/promises';
 * import { dialChecked, isForbiddenAddress } from '@baton/adapters/network';
 * const socket = await dialChecked('registry.npmjs.org', 443, {
 *   lookup: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
 *   refuses: (address) => isForbiddenAddress(address, []),
 *   signal: AbortSignal.timeout(5000),
 * });
 * socket.destroy();
 */
export async function dialChecked(
  host: string,
  port: number,
  { lookup, refuses, signal }: DialCheckedOptions,
): Promise<Socket> {
  const found = isIP(host) === 0 ? await resolved(host, lookup, signal) : [host];
  const allowed = found.filter((address) => !refuses(address));
  if (allowed.length > 0) return dialAddresses(allowed, port, signal);
  const [refused] = found;
  throw refused === undefined
    ? new Error('its name has no address')
    : new ForbiddenAddress(refused);
}

async function resolved(
  host: string,
  lookup: DialCheckedOptions['lookup'],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = await untilAborted(() => lookup(host), signal).catch((reason) => {
    throw signal.aborted ? new Error('its name was not resolved in time') : reason;
  });
  return found.flatMap((address) => canonicalAddress(address) ?? []);
}

/** Connects to one of the addresses: tries them in turn, as for a name that has them all. */
export function dialAddresses(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  const [first = { address: '', family: 4 }] = all;
  const lookup: LookupFunction = (_name, options, answer) => {
    if (options.all) answer(null, all);
    else answer(null, first.address, first.family);
  };
  // No name is resolved: the lookup returns the given addresses.
  const place = { host: 'checked', port, lookup, autoSelectFamily: true };
  return connected(connect({ ...place, allowHalfOpen: true }), signal);
}

/** Resolves when a socket is connected; destroys it when the signal aborts before. */
export function connected(socket: Socket, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const abort = (): void => void socket.destroy(new Error('it took too long to connect'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  socket.once('connect', () => resolve(socket));
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('the connection was closed')));
  return promise.finally(() => signal.removeEventListener('abort', abort));
}
