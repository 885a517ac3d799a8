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

/** What becomes of the choice of a sandbox. */
export type SandboxChoice =
  | ({
      readonly kind: 'chosen';
      /** What would make one work here, where there is none and that was not chosen. */
      readonly advice?: string;
    } & ChosenSandbox)
  | {
      readonly kind: 'refused';
      /** The setting or variable that is to blame. */
      readonly field: string;
      readonly problem: string;
      readonly advice: string;
    };

type Kind = (typeof SANDBOX_KINDS)[number];
type Environment = Readonly<Record<string, string | undefined>>;
type Chooser = Pick<Config, 'sandbox' | 'commands' | 'roles' | 'path'>;

/** Environment variable that names the sandbox and overrides the configuration. */
export const SANDBOX_VARIABLE = 'BATON_SANDBOX';

/**
 * The sandbox that `BATON_SANDBOX` or the configuration asks for, or the one that is there.
 *
 * @throws BatonError `invalid_input` where there is none and it is asked for by name, or builds deploy.
 */
export async function chooseSandbox(config: Chooser, env: Environment): Promise<ChosenSandbox> {
  const choice = await sandboxChoice(config, env);
  if (choice.kind === 'chosen') return choice;
  const { field, problem, advice } = choice;
  const description = `${problem}; ${advice}`;
  const where = field === SANDBOX_VARIABLE ? field : `${config.path} cannot be used here: ${field}`;
  throw new BatonError('invalid_input', `${where}: ${description}`, {
    violations: [{ field, description }],
    ...(field === SANDBOX_VARIABLE && { legal: SANDBOX_KINDS }),
  });
}

/** The same for those who tell what to do about it. */
export async function sandboxChoice(config: Chooser, env: Environment): Promise<SandboxChoice> {
  const { sandbox, commands, path } = config;
  const wanted = env[SANDBOX_VARIABLE] || undefined;
  const named = SANDBOX_KINDS.find((one) => one === wanted);
  if (named !== wanted) {
    const problem = `found '${wanted}', expected ${SANDBOX_KINDS.join(', ')}`;
    const advice = `set ${SANDBOX_VARIABLE} to one of them, or unset it to go by "sandbox" in ${path}`;
    return { kind: 'refused', field: SANDBOX_VARIABLE, problem, advice };
  }
  const kind = named ?? sandbox.kind;
  const by = named === undefined ? `"sandbox" in ${path}` : SANDBOX_VARIABLE;
  if (kind === 'none') return unconfined(config, `by ${by}`);
  const found = await findSandbox(env, kind);
  if (found.sandbox !== undefined) {
    const outranked = sandbox.kind !== 'auto' && sandbox.kind !== kind && named !== undefined;
    const why = outranked ? `, by ${by}: ${path} says ${sandbox.kind}` : '';
    const refused = refusedNetworks(config, found.sandbox);
    return refused ?? { kind: 'chosen', sandbox: found.sandbox, found: `${found.version}${why}` };
  }
  const mend = found.advice === undefined ? '' : `${found.advice}, or `;
  if (kind === 'auto' && commands.deploy === undefined) {
    const advice = `${mend}accept that with "sandbox": "none" in ${path}`;
    return { ...unconfined(config, found.problem), advice };
  }
  const field = named === undefined ? 'sandbox' : SANDBOX_VARIABLE;
  const why = kind === 'auto' ? 'builds that deploy need one' : `${by} asks for ${kind}`;
  return {
    kind: 'refused',
    field,
    problem: `found none (${found.problem}), and ${why}`,
    advice: `${mend}${otherwise(kind, field, path)}`,
  };
}

function otherwise(kind: Kind, field: string, path: string): string {
  const others = SANDBOX_KINDS.filter((one) => one !== kind && one !== 'none');
  const none = 'none (commands may then do all that you may)';
  if (kind === 'auto')
    return `choose "sandbox": "none" in ${path}, and commands may do all that you may do`;
  const ask = field === SANDBOX_VARIABLE ? `set ${field} to` : `say in "sandbox" of ${path}`;
  return `${ask} ${others.join(', ')} or ${none}`;
}

function unconfined(config: Chooser, why: string): { readonly kind: 'chosen' } & ChosenSandbox {
  const open = saysNetwork(config) ? '; sandbox.network has no effect' : '';
  const found = `none (${why}): commands may do all that you may do${open}`;
  return { kind: 'chosen', sandbox: createNoSandbox(), found };
}

/** Before a build is begun: at its end is too late to hear that a command cannot be run. */
function refusedNetworks(config: Chooser, sandbox: Sandbox): SandboxChoice | undefined {
  const names = new Map<string, string[]>();
  for (const [name, entry] of networkEntries(config)) {
    const problem = sandbox.problemWith?.(networkOf(entry));
    if (problem !== undefined) names.set(problem, [...(names.get(problem) ?? []), name]);
  }
  if (names.size === 0) return undefined;
  const problem = [...names]
    .map(([problem, all]) => `${all.join(', ')} cannot run in ${sandbox.name}: ${problem}`)
    .join('; ');
  const advice = `say in sandbox.network of ${config.path}, or of these commands, which hosts they reach, or take bubblewrap`;
  return { kind: 'refused', field: 'sandbox', problem, advice };
}
