import { createNoSandbox, findSandbox, type Sandbox } from '@baton/adapters/sandbox';
import { BatonError } from '@baton/core';
import type { Config } from './load-config.ts';
import { networkEntries, networkOf, saysNetwork } from './network-of.ts';
import { SANDBOX_KINDS } from './sandbox-schema.ts';

/** The sandbox of a configuration's builds. */
export interface ChosenSandbox {
  readonly sandbox: Sandbox;
  /** Which it is, and of `none` why, in a line for people. */
  readonly found: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const UNCONFINED = 'none: what commands run may do all that you may do';

/** Says which one it is to be, whatever the configuration says. */
export const SANDBOX_VARIABLE = 'BATON_SANDBOX';

/**
 * The sandbox that `BATON_SANDBOX` or the configuration asks for, or the one that is there.
 *
 * @throws BatonError `invalid_input` where there is none and it is asked for by name, or builds deploy.
 */
export async function chooseSandbox(
  config: Pick<Config, 'sandbox' | 'commands' | 'roles' | 'path'>,
  env: Environment,
): Promise<ChosenSandbox> {
  const { sandbox, commands, path } = config;
  const unconfined = (why: string): ChosenSandbox => {
    const open = saysNetwork(config) ? '; nothing sees to what sandbox.network says' : '';
    return { sandbox: createNoSandbox(), found: `${UNCONFINED}${why}${open}` };
  };
  const kind = kindIn(env) ?? sandbox.kind;
  if (kind === 'none') return unconfined(' (by choice)');
  const found = await findSandbox(env, kind);
  if (found.sandbox !== undefined) {
    refuseNetworks(config, found.sandbox);
    return { sandbox: found.sandbox, found: found.version };
  }
  if (kind === 'auto' && commands.deploy === undefined) {
    return unconfined(`; ${found.problem}`);
  }
  const why = kind === 'auto' ? 'builds that deploy need one' : `${kind} is asked for`;
  const description = `found none (${found.problem}), and ${why}; install ${kind === 'auto' ? ADVICE : kind}, or choose "none" there`;
  throw new BatonError('invalid_input', `${path} cannot be used here: sandbox: ${description}`, {
    violations: [{ field: 'sandbox', description }],
  });
}

const ADVICE = process.platform === 'linux' ? 'bubblewrap' : '@anthropic-ai/sandbox-runtime';

/** Before a build is begun: at its end is too late to hear that a command cannot be run. */
function refuseNetworks(
  config: Pick<Config, 'sandbox' | 'commands' | 'roles' | 'path'>,
  sandbox: Sandbox,
): void {
  const names = new Map<string, string[]>();
  for (const [name, entry] of networkEntries(config)) {
    const problem = sandbox.problemWith?.(networkOf(entry));
    if (problem !== undefined) names.set(problem, [...(names.get(problem) ?? []), name]);
  }
  if (names.size === 0) return;
  const description = [...names]
    .map(([problem, all]) => `${all.join(', ')} cannot run behind ${sandbox.name}: ${problem}`)
    .join('; ');
  throw new BatonError('invalid_input', `${config.path} cannot be used here: ${description}`, {
    violations: [{ field: 'sandbox', description }],
  });
}

function kindIn(env: Environment): (typeof SANDBOX_KINDS)[number] | undefined {
  const wanted = env[SANDBOX_VARIABLE] || undefined;
  const kind = SANDBOX_KINDS.find((one) => one === wanted);
  if (kind === wanted) return kind;
  const description = `found '${wanted}', expected ${SANDBOX_KINDS.join(', ')}`;
  throw new BatonError('invalid_input', `${SANDBOX_VARIABLE}: ${description}`, {
    violations: [{ field: SANDBOX_VARIABLE, description }],
    legal: SANDBOX_KINDS,
  });
}
