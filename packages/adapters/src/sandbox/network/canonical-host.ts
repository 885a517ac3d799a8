import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

const NAME = /^(?!.{254})[a-z0-9_]([a-z0-9_-]{0,62})?(\.[a-z0-9_]([a-z0-9_-]{0,62})?)*$/;

/** An IPv4 address in the IPv6 spelling that the URL standard gives it. */
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** What the parser of URLs would take for the end of a host, or would leave out of it. */
const NOT_IN_HOSTS = /[\s/\\@?#%]/;

/**
 * A host in the one spelling that hosts are compared in: a name in lower case, as ASCII (IDNA) and
 * without a dot at its end; an address as the URL standard writes it, without brackets, and as IPv4
 * where it stands for one. `0x7f.1` is 127.0.0.1, then. Undefined: it is no host.
 */
export function canonicalHost(text: string): string | undefined {
  if (NOT_IN_HOSTS.test(text)) return undefined;
  const ascii = domainToASCII(text);
  if (ascii.startsWith('[')) return canonicalIPv6(ascii.slice(1, -1));
  if (isIPv4(ascii)) return ascii;
  const name = ascii.replace(/\.$/, '');
  return NAME.test(name) && !isIPv4(name) ? name : undefined;
}

/** The same for an address alone, as a resolver answers it. */
export function canonicalAddress(address: string): string | undefined {
  return isIPv4(address) ? address : canonicalHost(`[${address}]`);
}

/** A port, as a number; undefined: it is none. */
export function portOf(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port > 0 && port < 65_536 ? port : undefined;
}

function canonicalIPv6(address: string): string | undefined {
  const [, high, low] = MAPPED.exec(address) ?? [];
  if (high !== undefined && low !== undefined) {
    const words = [high, low].map((word) => Number.parseInt(word, 16));
    return words.flatMap((word) => [word >> 8, word & 255]).join('.');
  }
  return isIPv6(address) ? address : undefined;
}
