import { isIP } from 'node:net';
import { BatonError } from '@baton/core';
import { canonicalHost } from '../../network/addresses.ts';

/** Hosts that a command may reach, as one entry of a list. */
export interface HostRule {
  /** The host, normalized; for a pattern, the part after `*.`. */
  readonly host: string;
  /** `local`: a port of this machine's loopback, available in the sandbox under the same number. */
  readonly kind: 'name' | 'subdomains' | 'address' | 'local';
  readonly ports: readonly number[];
}

const DEFAULT_PORTS = [80, 443];

/** Processes in a sandbox cannot listen on ports below this one. */
const FIRST_UNPRIVILEGED = 1024;

const EXPECTED =
  'expected the name of a host (registry.npmjs.org), all names below one (*.example.com) or an address (10.1.2.3, [fd00::1]), each with or without a port, or localhost with a port';

/**
 * Parses an entry of a list of hosts. Without a port it means 80 and 443.
 *
 * @throws BatonError `invalid_input` for text that names no host.
 * @example
 * import { parseHostRule } from '@baton/adapters/sandbox';
 * parseHostRule('*.example.com:8443'); // { host: 'example.com', kind: 'subdomains', ports: [8443] }
 */
export function parseHostRule(text: string): HostRule {
  const [, wildcard, named = '', end] = /^(\*\.)?(\[.*\]|[^[\]:]*)(?::(.*))?$/.exec(text) ?? [];
  const host = canonicalHost(named);
  const port = end === undefined ? undefined : portOf(end);
  if (host === undefined || (end !== undefined && port === undefined)) throw wrong(text, EXPECTED);
  const ports = port === undefined ? DEFAULT_PORTS : [port];
  if (host === 'localhost' && wildcard === undefined) return localRule(text, port);
  if (isIP(host) === 0) return { host, kind: wildcard ? 'subdomains' : 'name', ports };
  if (wildcard) throw wrong(text, EXPECTED);
  return { host, kind: 'address', ports };
}

/** The rule that permits a host; undefined: none does. */
export function ruleFor(
  rules: readonly HostRule[],
  host: string,
  port: number,
): HostRule | undefined {
  return rules.find((rule) => rule.ports.includes(port) && isMeant(rule, host));
}

function isMeant(rule: HostRule, host: string): boolean {
  if (rule.kind === 'subdomains') return isIP(host) === 0 && host.endsWith(`.${rule.host}`);
  if (rule.kind === 'local') return ['localhost', '127.0.0.1', '::1'].includes(host);
  return rule.host === host;
}

function localRule(text: string, port: number | undefined): HostRule {
  if (port === undefined) throw wrong(text, 'expected a port: localhost:5432, say');
  if (port < FIRST_UNPRIVILEGED) {
    throw wrong(text, `expected a port of ${FIRST_UNPRIVILEGED} or above, as it is inside, too`);
  }
  return { host: 'localhost', kind: 'local', ports: [port] };
}

function wrong(text: string, expected: string): BatonError {
  return new BatonError('invalid_input', `found ${JSON.stringify(text)}; ${expected}`);
}

/** Parses a port; undefined: the text is none. */
export function portOf(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port > 0 && port < 65_536 ? port : undefined;
}
