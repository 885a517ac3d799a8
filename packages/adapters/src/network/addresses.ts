import { BlockList, isIPv4, isIPv6 } from 'node:net';
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

function canonicalIPv6(address: string): string | undefined {
  const [, high, low] = MAPPED.exec(address) ?? [];
  if (high !== undefined && low !== undefined) {
    const words = [high, low].map((word) => Number.parseInt(word, 16));
    return words.flatMap((word) => [word >> 8, word & 255]).join('.');
  }
  return isIPv6(address) ? address : undefined;
}

type Network = readonly [address: string, prefix: number];

/** IPv4 networks that no name may resolve to, because the owner of a name controls its addresses. */
const NETWORKS: readonly Network[] = [
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
const NETWORKS_6: readonly Network[] = [
  ['::', 96], // unspecified, loopback, and IPv4 in a spelling that is out of use
  ['fe80::', 10], // link-local
  ['fd00:ec2::', 32], // metadata and time of Amazon
  ['ff00::', 8], // multicast
];

/** IPv4 networks that are no one's in public: what answers there is this company's. */
const PRIVATE: readonly Network[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // between a provider and its customers
  ['172.16.0.0', 12],
  ['192.0.0.0', 24], // protocol assignments
  ['192.168.0.0', 16],
  ['198.18.0.0', 15], // benchmarks
];

/** The same for IPv6. */
const PRIVATE_6: readonly Network[] = [
  ['64:ff9b:1::', 48], // local translation to IPv4
  ['fc00::', 7], // unique local
  ['fec0::', 10], // site-local, out of use
];

const FORBIDDEN = blockList(NETWORKS, NETWORKS_6);
const PRIVATE_LIST = blockList(PRIVATE, PRIVATE_6);

/**
 * Whether names that resolve to the address are refused. Private addresses are permitted, because companies
 * run registries there.
 *
 * @param address normalized.
 * @param own addresses of this machine, which are treated like its loopback.
 * @example
 * import { isForbiddenAddress } from '@baton/adapters/network';
 * isForbiddenAddress('169.254.169.254', []); // true
 */
export function isForbiddenAddress(address: string, own: readonly string[]): boolean {
  return own.includes(address) || isIn(FORBIDDEN, address);
}

/**
 * Whether the address is in a private network.
 *
 * @param address normalized.
 * @example
 * import { isPrivateAddress } from '@baton/adapters/network';
 * isPrivateAddress('10.1.2.3'); // true
 */
export function isPrivateAddress(address: string): boolean {
  return isIn(PRIVATE_LIST, address);
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function blockList(networks: readonly Network[], networks6: readonly Network[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of networks6) list.addSubnet(address, prefix, 'ipv6');
  for (const [address, prefix] of networks) {
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
