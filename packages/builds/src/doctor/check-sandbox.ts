import { sandboxChoice } from '../config/choose-sandbox.ts';
import type { Config } from '../config/load-config.ts';
import { checkNetwork } from './check-network.ts';
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
