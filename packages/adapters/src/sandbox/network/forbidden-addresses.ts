import { BlockList, isIPv6 } from 'node:net';

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
