import { request as ask } from 'node:http';
import { connect, isIPv6, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isForbiddenAddress } from '../../network/addresses.ts';
import { connected, dialAddresses, dialChecked } from '../../network/dial-checked.ts';
import { type HostRule, ruleFor } from './host-rules.ts';
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

/**
 * Connects to a listed host. The name is resolved once and exactly the checked addresses are dialled, so that
 * a second DNS answer changes nothing.
 *
 * @throws ForbiddenAddress, and any error of the connection.
 */
export async function dial(target: Target, rule: HostRule, options: DialOptions): Promise<Socket> {
  const { host, port } = target;
  const { rules, lookup, ownAddresses, signal } = options;
  if (rule.kind === 'local') return dialLocal(port, signal);
  const own = ownAddresses();
  const isListed = (one: string) => ruleFor(rules, one, port)?.kind === 'address';
  const refuses = (one: string) => isForbiddenAddress(one, own) && !isListed(one);
  return dialChecked(host, port, { lookup, refuses, signal });
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
