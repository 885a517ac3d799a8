import { BatonError, type RoleAdapter } from '@baton/core';
import type { Config } from './load-config.ts';
import { ROLE_OF } from './role-of.ts';

/**
 * Refuses roles that a separation keeps apart and that one model performs: such a build would stop
 * halfway.
 *
 * @throws BatonError `invalid_input` naming what they have in common.
 */
export function refuseSameMinds(
  { separations }: Pick<Config, 'separations'>,
  roles: readonly RoleAdapter[],
): void {
  for (const { phase, from, by } of separations) {
    const minds = (of: typeof phase): readonly string[] => {
      const { principal } = roles.find(({ role }) => role === ROLE_OF[of]) ?? {};
      return (by === 'model' ? principal?.models : principal?.modelFamilies) ?? [];
    };
    const same = minds(phase).find((one) => minds(from).includes(one));
    if (same === undefined) continue;
    const description = `${by} '${same}' performs '${from}' and '${phase}'; expected others`;
    throw new BatonError('invalid_input', `separations: ${description}`, {
      violations: [{ field: 'separations', description }],
    });
  }
}
