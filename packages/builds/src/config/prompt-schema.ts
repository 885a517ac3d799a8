import { z } from 'zod';
import { text } from './argv-schema.ts';

/** Bytes that a prompt may have. */
export const MAX_PROMPT_BYTES = 64 * 1024;

/** What the user says of how a model works in a role. */
export const promptEntry = z
  .strictObject({
    append: text.max(MAX_PROMPT_BYTES).optional().describe('Comes after what the role is told'),
    file: text
      .optional()
      .describe("A file, relative to this one's folder: replaces what the role is told"),
  })
  .superRefine(({ append, file }, context) => {
    if ((append === undefined) !== (file === undefined)) return;
    const found = append === undefined ? 'neither' : 'both';
    context.addIssue({ code: 'custom', message: `found ${found}; expected either append or file` });
  });
