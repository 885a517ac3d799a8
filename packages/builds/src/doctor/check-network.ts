import type { Config } from '../config/load-config.ts';
import { networkEntries } from '../config/network-of.ts';
import type { NetworkEntry } from '../config/sandbox-schema.ts';
import type { Finding } from './finding.ts';

/** What commands may reach, in a line; nothing where there is no sandbox to enforce it. */
export function checkNetwork(
  config: Pick<Config, 'commands' | 'roles' | 'sandbox'>,
  sandbox: string,
): readonly Finding[] {
  if (sandbox === 'none') return [];
  const names = new Map<string, Set<string>>();
  for (const [name, entry] of networkEntries(config)) {
    const reached = reachedBy(entry);
    names.set(reached, (names.get(reached) ?? new Set()).add(name));
  }
  const found = [...names].map(([reached, all]) => `${[...all].join(', ')}: ${reached}`).join('; ');
  return [{ name: 'network', verdict: 'ok', found }];
}

function reachedBy(entry: NetworkEntry): string {
  if (entry === 'all') return 'everything';
  return entry === 'none' || entry.length === 0 ? 'nothing' : entry.join(' ');
}
