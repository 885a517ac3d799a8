import { BatonError } from '@baton/core';
import type { Config } from '../config/load-config.ts';
import { ROLE_NAMES, type RoleName } from '../config/role-schema.ts';

/** Roles that need an entry; the others really run the commands of the configuration. */
const ENTERED: ReadonlySet<RoleName> = new Set(['q_assistant', 'code_writer']);

/**
 * The roles that a worker performs: those that are named, else all that the configuration can perform.
 *
 * @throws BatonError `invalid_input` for a role that it cannot perform, with those that it can.
 */
export function wantedRoles(
  config: Pick<Config, 'roles' | 'path'>,
  named: readonly string[] | undefined,
): readonly RoleName[] {
  const legal = ROLE_NAMES.filter((role) => !ENTERED.has(role) || config.roles[role] !== undefined);
  if (named === undefined) return legal;
  const wanted = legal.filter((role) => named.includes(role));
  const refused = named.filter((role) => !legal.some((one) => one === role));
  if (named.length > 0 && refused.length === 0) return wanted;
  const found = refused.length === 0 ? 'none' : refused.map((role) => `'${role}'`).join(', ');
  const description = `found ${found}; ${config.path} says how to perform ${legal.join(', ')}`;
  throw new BatonError('invalid_input', `roles: ${description}`, {
    violations: [{ field: 'roles', description }],
    legal,
  });
}
