import { isIPv6 } from 'node:net';
import type { RefusedHost } from '../sandbox.ts';
import type { Hindrance } from './hindrance.ts';

/** Hosts to name; the rest is counted. */
const MOST_HOSTS = 5;

/** Describes the hosts that the proxy refused as hindrances. */
export function refusals(refused: readonly RefusedHost[]): readonly Hindrance[] {
  const unlisted = refused.filter(({ leadsTo }) => leadsTo === undefined);
  const misled = refused.filter(({ leadsTo }) => leadsTo !== undefined);
  return [
    ...told(unlisted, 'which sandbox.network does not list', ({ host }) => [
      withoutUsualPort(host),
    ]),
    ...told(
      misled,
      'which no name may resolve to unless sandbox.network lists the address, too',
      ({ host, leadsTo = '' }) => [withoutUsualPort(host), addressOf(leadsTo, host)],
    ),
  ];
}

function told(
  refused: readonly RefusedHost[],
  why: string,
  rules: (one: RefusedHost) => readonly string[],
): readonly Hindrance[] {
  if (refused.length === 0) return [];
  const shown = refused.slice(0, MOST_HOSTS);
  const names = shown.map(({ host, leadsTo }) => (leadsTo ? `${host} at ${leadsTo}` : host));
  const more = refused.length - shown.length;
  const hosts = `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const allow = { network: shown.flatMap(rules) };
  return [{ what: `it tried to reach ${hosts}, ${why}`, allow }];
}

/** Leaves out the ports 80 and 443. */
function withoutUsualPort(host: string): string {
  return host.replace(/:(?:443|80)$/, '');
}

function addressOf(address: string, host: string): string {
  const port = /:(\d+)$/.exec(host)?.[1] ?? '443';
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
