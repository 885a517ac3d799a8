import { request as ask } from 'node:http';
import { BlockList, connect, isIP, isIPv6, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { untilAborted } from '@baton/core/waits';
import { canonicalAddress, type HostRule, ruleFor } from './host-rules.ts';
import { proxyAuthorization } from './upstream.ts';

export interface Target {
  /** The host, normalized. */
  readonly host: string;
  readonly port: number;
}

export interface DialOptions {
  readonly rules: readonly HostRule[];
  /** Resolves a name to all its addresses. */
  readonly lookup: (name: string) => Promise<readonly string[]>;
  /** Returns the addresses of this machine. */
  readonly ownAddresses: () => readonly string[];
  readonly signal: AbortSignal;
}

/** A listed name resolves to a forbidden address. */
export class ForbiddenAddress extends Error {
  readonly address: string;

  constructor(address: string) {
    super(`it leads to ${address}`);
    this.address = address;
  }
}

/**
 * Connects to a listed host. The name is resolved once and exactly the checked addresses are dialled, so that
 * a second DNS answer changes nothing.
 *
 * @throws ForbiddenAddress, and any error of the connection.
 */
export async function dial(target: Target, rule: HostRule, options: DialOptions): Promise<Socket> {
  const { host, port } = target;
  if (rule.kind === 'local') return dialLocal(port, options.signal);
  if (isIP(host) !== 0) return dialAddresses([host], port, options.signal);
  const { signal } = options;
  const resolved = await untilAborted(() => options.lookup(host), signal).catch((reason) => {
    throw signal.aborted ? new Error('its name was not resolved in time') : reason;
  });
  const found = resolved.flatMap((one) => canonicalAddress(one) ?? []);
  const own = options.ownAddresses();
  const isListed = (one: string) => ruleFor(options.rules, one, port)?.kind === 'address';
  const allowed = found.filter((one) => !isForbiddenAddress(one, own) || isListed(one));
  const [refused] = found;
  if (allowed.length > 0) return dialAddresses(allowed, port, options.signal);
  throw refused === undefined
    ? new Error('its name has no address')
    : new ForbiddenAddress(refused);
}

/** Connects to a port of this machine's loopback. */
export function dialLocal(port: number, signal: AbortSignal): Promise<Socket> {
  return dialAddresses(['127.0.0.1', '::1'], port, signal);
}

/** Opens a tunnel through the proxy of this machine, which resolves the name. */
export function dialThrough(proxy: URL, target: Target, signal: AbortSignal): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const path = authorityOf(target);
  const request = ask({
    ...placeOf(proxy),
    method: 'CONNECT',
    path,
    headers: { host: path, ...proxyAuthorization(proxy) },
    agent: false,
    signal,
  });
  request.once('connect', (response, socket, head) => {
    if (response.statusCode !== 200) {
      socket.destroy();
      reject(new Error(`the proxy of this machine answered ${response.statusCode}`));
      return;
    }
    if (head.length > 0) socket.unshift(head);
    resolve(socket);
  });
  request.once('response', (response) => {
    response.destroy();
    reject(new Error(`the proxy of this machine answered ${response.statusCode}`));
  });
  request.once('error', reject);
  request.end();
  return promise;
}

/** Connects to the proxy itself. */
export function dialProxy(proxy: URL, signal: AbortSignal): Promise<Socket> {
  return connected(connect(placeOf(proxy)), signal);
}

export function authorityOf({ host, port }: Target): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function placeOf({ hostname, port }: URL): { host: string; port: number } {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 80 : Number(port) };
}

/** Tries the addresses in turn, as for a name that has them all. */
function dialAddresses(
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

function connected(socket: Socket, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const abort = (): void => void socket.destroy(new Error('it took too long to connect'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  socket.once('connect', () => resolve(socket));
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('the connection was closed')));
  return promise.finally(() => signal.removeEventListener('abort', abort));
}

/** IPv4 networks that no name may resolve to, because the owner of a name controls its addresses. */
const NETWORKS: readonly (readonly [address: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this machine
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, and the metadata services of most clouds
  ['100.100.100.200', 32], // metadata of Alibaba Cloud
  ['168.63.129.16', 32], // the host below a machine of Azure
  ['192.0.0.192', 32], // metadata of Oracle Cloud
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

/** IPv6 networks that no name may resolve to. */
const NETWORKS_6: readonly (readonly [address: string, prefix: number])[] = [
  ['::', 96], // unspecified, loopback, and IPv4 in a spelling that is out of use
  ['fe80::', 10], // link-local
  ['fd00:ec2::', 32], // metadata and time of Amazon
  ['ff00::', 8], // multicast
];

const FORBIDDEN = blockList();

/**
 * Whether names that resolve to the address are refused. Private addresses are permitted, because companies
 * run registries there.
 *
 * @param own addresses of this machine, which are treated like its loopback.
 */
export function isForbiddenAddress(address: string, own: readonly string[]): boolean {
  if (own.includes(address)) return true;
  return FORBIDDEN.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function blockList(): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of NETWORKS_6) list.addSubnet(address, prefix, 'ipv6');
  for (const [address, prefix] of NETWORKS) {
    list.addSubnet(address, prefix, 'ipv4');
    // Addresses that a gateway (NAT64, 6to4) translates to IPv4.
    const words = inWords(address);
    list.addSubnet(`64:ff9b::${words}`, 96 + prefix, 'ipv6');
    list.addSubnet(`2002:${words}::`, 16 + prefix, 'ipv6');
  }
  return list;
}

function inWords(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return [(a << 8) | b, (c << 8) | d].map((word) => word.toString(16)).join(':');
}
