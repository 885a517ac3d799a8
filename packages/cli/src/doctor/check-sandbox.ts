import { BatonError } from '@baton/core';
import { chooseSandbox } from '../config/choose-sandbox.ts';
import type { Config } from '../config/load-config.ts';
import { checkNetwork } from './check-network.ts';
import type { Finding } from './finding.ts';

/** Which sandbox the commands of builds run in, and what they reach from there. */
export async function checkSandbox(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const name = 'sandbox';
  try {
    const { sandbox, found } = await chooseSandbox(config, env);
    if (sandbox.name !== 'none' || config.sandbox.kind === 'none') {
      return [{ name, verdict: 'ok', found }, ...checkNetwork(config, sandbox.name)];
    }
    const advice = `install bubblewrap, or say "sandbox": "none" in ${config.path}`;
    return [{ name, verdict: 'warning', found, advice }];
  } catch (reason) {
    const advice = 'install bubblewrap';
    return [{ name, verdict: 'problem', found: BatonError.from(reason).message, advice }];
  }
}
