import type { SandboxPolicy } from '@baton/adapters/sandbox';
import type { Purpose } from './commands-of.ts';
import { hostsOf } from './known-hosts.ts';
import type { Config } from './load-config.ts';
import type { NetworkEntry } from './sandbox-schema.ts';

/** What a command reaches where the configuration says nothing. */
const DEFAULTS: Readonly<Record<Purpose, NetworkEntry>> = {
  role: ['@registries', '@models'],
  install: ['@registries'],
  // They judge what is there: what they would fetch is nothing that was handed to them.
  test: 'none',
  verify: 'none',
  // Only the user knows where production is.
  deploy: 'all',
  smoke: 'all',
  rollback: 'all',
};

const JUDGES: ReadonlySet<Purpose> = new Set(['test', 'verify']);

/**
 * Returns what a command may reach: its own setting, else the common setting (not for test and verify),
 * else the default for its purpose.
 */
export function networkEntryOf(
  purpose: Purpose,
  own: NetworkEntry | undefined,
  { network }: Pick<Config['sandbox'], 'network'>,
): NetworkEntry {
  const general = JUDGES.has(purpose) ? undefined : network;
  return own ?? general ?? DEFAULTS[purpose];
}

export function networkOf(entry: NetworkEntry): SandboxPolicy['network'] {
  return typeof entry === 'string' ? entry : { hosts: hostsOf(entry) };
}

/** What every command of a configuration may reach, by a name for it. */
export function networkEntries({
  commands,
  roles,
  sandbox,
}: Pick<Config, 'commands' | 'roles' | 'sandbox'>): readonly (readonly [string, NetworkEntry])[] {
  const { install, test, verify, deploy, smoke = [], rollback } = commands;
  const entry = (purpose: Purpose, name: string, command: Confinable | undefined) =>
    command === undefined
      ? []
      : [[name, networkEntryOf(purpose, command.sandbox?.network, sandbox)] as const];
  return [
    ...entry('install', 'install', install),
    ...entry('test', 'test', test),
    ...verify.flatMap((one) => entry('verify', 'verify', one)),
    ...entry('deploy', 'deploy', deploy),
    ...smoke.flatMap((one) => entry('smoke', 'smoke', one)),
    ...entry('rollback', 'rollback', rollback),
    ...Object.entries(roles).flatMap(([role, one]) =>
      entry('role', role, (one?.agent ?? one?.command) === undefined ? undefined : one),
    ),
  ];
}

/** Whether a configuration says itself what commands may reach. */
export function saysNetwork(config: Pick<Config, 'commands' | 'roles' | 'sandbox'>): boolean {
  const { commands, roles, sandbox } = config;
  const all = [commands, roles].flatMap((entries) => Object.values(entries)).flat();
  const own = all.some((one) => one !== undefined && 'sandbox' in one && one.sandbox?.network);
  return sandbox.network !== undefined || own;
}

interface Confinable {
  readonly sandbox?: { readonly network?: NetworkEntry | undefined } | undefined;
}
