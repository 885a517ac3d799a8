import { z } from 'zod';

const failing = z
  .enum(['refuse', 'tolerate'])
  .default('refuse')
  .describe(
    'refuse: a build does not begin while something fails. tolerate: it does, and what failed may go on failing in the same way',
  );

/** Whether the commands are run before a build changes anything, and what becomes of failures. */
export const baselineSchema = z
  .union([z.enum(['run', 'off']), z.strictObject({ failing })])
  .default('run')
  .transform((given) => ({
    isRun: given !== 'off',
    failing: typeof given === 'string' ? ('refuse' as const) : given.failing,
  }));
