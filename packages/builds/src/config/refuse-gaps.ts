import { BatonError } from '@baton/core';
import { gapIn } from '../init/gap.ts';
import { commandsOf } from './commands-of.ts';
import type { Config } from './load-config.ts';

/**
 * Refuses a configuration in which commands are still to be written, before a build is begun.
 *
 * @throws BatonError `invalid_input` naming every gap with what is missing there.
 */
export function refuseGaps(config: Pick<Config, 'commands' | 'roles' | 'path'>): void {
  const violations = commandsOf(config).flatMap(([field, argv]) => {
    const description = gapIn(argv);
    return description === undefined ? [] : [{ field, description }];
  });
  if (violations.length === 0) return;
  const lines = violations.map(({ field, description }) => `  ${field}: ${description}`);
  throw new BatonError(
    'invalid_input',
    `${config.path} has gaps that are to be filled in:\n${lines.join('\n')}`,
    { violations },
  );
}
