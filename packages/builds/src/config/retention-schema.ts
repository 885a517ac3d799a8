import { z } from 'zod';

const days = z.union([z.literal('off'), z.number().min(0).max(36_500)]);

/** Days, or `off`: for ever. */
export type RetentionDays = z.output<typeof days>;

/** How long what lies there of a complete build stays. */
export const retentionSchema = z.strictObject({
  worktreesDays: days
    .default(7)
    .describe('Days that the files of a complete build stay. "off": for ever, checkpoints too'),
  checkpointsDays: days
    .default(90)
    .describe('Days that its checkpoints and records stay. "off": for ever'),
});
