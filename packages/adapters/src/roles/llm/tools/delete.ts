import { BatonError } from '@baton/core';
import { z } from 'zod';
import { deleteAt } from './hold.ts';
import { locateForWriting } from './locate.ts';
import { defineTool } from './role-tool.ts';

export const deleteTool = defineTool({
  name: 'delete',
  description: 'Deletes a file.',
  input: z.strictObject({ path: z.string().min(1).describe('Relative to the workspace') }),
  summary: ({ path }) => path,
  async run({ path }, { workspace }) {
    const place = await locateForWriting(workspace, path);
    try {
      await deleteAt(place);
    } catch {
      throw new BatonError('invalid_input', `cannot delete ${path}: there is no such file`);
    }
    return `deleted ${path}`;
  },
});
