import { createNoSandbox, findSandbox, type Sandbox } from '@baton/adapters/sandbox';
import { BatonError } from '@baton/core';
import type { Config } from './load-config.ts';

/** The sandbox of a configuration's builds. */
export interface ChosenSandbox {
  readonly sandbox: Sandbox;
  /** Which it is, and of `none` why, in a line for people. */
  readonly found: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const UNCONFINED = 'none: what commands run may do all that you may do';

/**
 * The sandbox that the configuration asks for, or the one that is there.
 *
 * @throws BatonError `invalid_input` where there is none and it is asked for by name, or builds deploy.
 */
export async function chooseSandbox(
  { sandbox: { kind }, commands, path }: Pick<Config, 'sandbox' | 'commands' | 'path'>,
  env: Environment,
): Promise<ChosenSandbox> {
  if (kind === 'none') return { sandbox: createNoSandbox(), found: `${UNCONFINED} (by choice)` };
  const found = await findSandbox(env);
  if (found.sandbox !== undefined) return { sandbox: found.sandbox, found: found.version };
  if (kind === 'auto' && commands.deploy === undefined) {
    return { sandbox: createNoSandbox(), found: `${UNCONFINED}; ${found.problem}` };
  }
  const why = kind === 'auto' ? 'builds that deploy need one' : `sandbox.kind asks for ${kind}`;
  const description = `found none (${found.problem}), and ${why}; install bubblewrap, or choose "none" there`;
  throw new BatonError('invalid_input', `${path} cannot be used here: sandbox: ${description}`, {
    violations: [{ field: 'sandbox', description }],
  });
}
