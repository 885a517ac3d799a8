import { sandboxChoice } from '../config/choose-sandbox.ts';
import type { Config } from '../config/load-config.ts';
import { networkEntries } from '../config/network-of.ts';
import type { NetworkEntry } from '../config/sandbox-schema.ts';
import type { Finding } from './finding.ts';

/** Which sandbox the commands of builds run in, and what they reach from there. */
export async function checkSandbox(
  config: Pick<Config, 'sandbox' | 'commands' | 'roles' | 'path'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const name = 'sandbox';
  const choice = await sandboxChoice(config, env);
  if (choice.kind === 'refused') {
    const { field, problem, advice } = choice;
    const found = field === name ? problem : `${field}: ${problem}`;
    return [{ name, verdict: 'problem', found, advice }];
  }
  const { sandbox, found, advice } = choice;
  if (advice !== undefined) return [{ name, verdict: 'warning', found, advice }];
  return [{ name, verdict: 'ok', found }, ...checkNetwork(config, sandbox.name)];
}

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
