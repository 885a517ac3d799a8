import { z } from 'zod';

const failing = z
  .enum(['refuse', 'tolerate'])
  .default('refuse')
  .describe(
    'refuse: a build does not begin while something fails. tolerate: it does, and what failed may go on failing in the same way',
  );

const failingInstall = z
  .enum(['refuse', 'tolerate'])
  .default('refuse')
  .describe(
    'refuse: a build does not begin while install fails, whatever failing says. tolerate: it does, such as one that is to mend what is installed',
  );

/** Whether the commands are run before a build changes anything, and what becomes of failures. */
export const baselineSchema = z
  .union([z.enum(['run', 'off']), z.strictObject({ failing, failingInstall })])
  .default('run')
  .transform((given) => ({
    isRun: given !== 'off',
    ...(typeof given === 'string'
      ? { failing: 'refuse' as const, failingInstall: 'refuse' as const }
      : { failing: given.failing, failingInstall: given.failingInstall }),
  }));
