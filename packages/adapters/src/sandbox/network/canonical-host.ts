import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

const NAME = /^(?!.{254})[a-z0-9_]([a-z0-9_-]{0,62})?(\.[a-z0-9_]([a-z0-9_-]{0,62})?)*$/;

/** An IPv4 address in the IPv6 notation of the URL standard. */
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** Characters that end a host for a URL parser, or that it drops. */
const NOT_IN_HOSTS = /[\s/\\@?#%]/;

/**
 * Normalizes a host for comparison. A name becomes lower-case ASCII (IDNA) without a final dot. An address
 * becomes what the URL standard writes, without brackets, and IPv4 where it maps to one; `0x7f.1` becomes
 * 127.0.0.1. Undefined: the text is no host.
 */
export function canonicalHost(text: string): string | undefined {
  if (NOT_IN_HOSTS.test(text)) return undefined;
  const ascii = domainToASCII(text);
  if (ascii.startsWith('[')) return canonicalIPv6(ascii.slice(1, -1));
  if (isIPv4(ascii)) return ascii;
  const name = ascii.replace(/\.$/, '');
  return NAME.test(name) && !isIPv4(name) ? name : undefined;
}

/** Normalizes an address from a resolver. */
export function canonicalAddress(address: string): string | undefined {
  return isIPv4(address) ? address : canonicalHost(`[${address}]`);
}

/** Parses a port; undefined: the text is none. */
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
