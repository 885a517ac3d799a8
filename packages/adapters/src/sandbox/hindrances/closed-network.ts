import { isIP } from 'node:net';
import { canonicalHost } from '../network/canonical-host.ts';
import { parseHostRule, ruleFor } from '../network/host-rules.ts';
import type { SandboxPolicy } from '../sandbox.ts';
import type { Hindrance } from './hindrance.ts';

/** Messages of programs about a name that cannot be resolved, with the name. */
const UNRESOLVED: readonly RegExp[] = [
  /\b(?:ENOTFOUND|EAI_AGAIN)\s+([\w.-]+)/g,
  /could not resolve (?:host|hostname|proxy)(?:name)?:?\s+['"]?([\w.-]+)/gi,
  /failed to (?:resolve|lookup)(?: address)?(?: host)? ['"]?([\w-]+(?:\.[\w-]+)+)/gi,
  /\bdial tcp: lookup ([\w.-]+)/g,
  /UnknownHostException: ([\w.-]+)/g,
  /getaddrinfo for host ['"]([\w.-]+)/gi,
  /\b(?:ENETUNREACH|EHOSTUNREACH)\s+([\w.]+)/g,
];
/** Such messages without a name. */
const UNREACHED =
  /\b(?:ENETUNREACH|EAI_AGAIN|ENOTFOUND)\b|network is unreachable|temporary failure in name resolution|name or service not known|could not resolve|nodename nor servname|UnknownHostException|\bfetch failed\b/i;

export interface OutsideWorld {
  readonly network: SandboxPolicy['network'];
  /** Hosts that the proxy refused; it reports these itself. */
  readonly refused: readonly string[];
}

/** Hosts that a command could not reach from its sandbox without asking the proxy. */
export function closedNetwork(
  output: string,
  { network, refused }: OutsideWorld,
): readonly Hindrance[] {
  if (network === 'all' || !UNREACHED.test(output)) return [];
  const hosts = [...new Set(UNRESOLVED.flatMap((one) => [...output.matchAll(one)].map(hostOf)))]
    .filter((host) => host !== undefined)
    .filter((host) => !refused.some((one) => one === host || one.startsWith(`${host}:`)));
  if (network === 'none') {
    const tried = hosts.length === 0 ? '' : `, and it tried to reach ${hosts.join(', ')}`;
    const what = `the sandbox gives it no network${tried}`;
    return [hosts.length === 0 ? { what } : { what, allow: { network: hosts } }];
  }
  // The proxy reports the hosts that it refused.
  if (hosts.length === 0 && refused.length > 0) return [];
  const rules = network.hosts.map(parseHostRule);
  const unlisted = hosts.filter((host) => ![443, 80].some((port) => ruleFor(rules, host, port)));
  const isListed = hosts.length > 0 && unlisted.length === 0;
  const to = hosts.length === 0 ? '' : ` to ${hosts.join(', ')}`;
  const what = `the only way out of the sandbox is the proxy that HTTPS_PROXY names, to hosts that sandbox.network lists, and it may have tried another way${to}`;
  if (hosts.length === 0) return [{ what }];
  return [{ what, allow: { network: isListed ? 'all' : unlisted } }];
}

function hostOf([, text = '']: RegExpMatchArray): string | undefined {
  const host = canonicalHost(text.replace(/\.$/, ''));
  const isOwn = host === 'localhost' || host === '::1' || host?.startsWith('127.');
  return host === undefined || isOwn || (isIP(host) === 0 && !host.includes('.'))
    ? undefined
    : host;
}
