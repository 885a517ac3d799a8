import { z } from 'zod';
import { readAt, writeAt } from './hold.ts';
import { locateForWriting } from './locate.ts';
import { refuseMask } from './refuse-mask.ts';
import { defineTool } from './role-tool.ts';
import { MAX_BYTES } from './text-file.ts';

const MAX_CHARACTERS = 1024 * 1024;

export const writeTool = defineTool({
  name: 'write',
  description: 'Writes a text file with its folders; what was there is replaced.',
  input: z.strictObject({
    path: z.string().min(1).describe('Relative to the workspace'),
    content: z.string().max(MAX_CHARACTERS).describe('The whole content'),
  }),
  summary: ({ path }) => path,
  async run({ path, content }, { workspace }) {
    const place = await locateForWriting(workspace, path);
    const before = await readAt(place, MAX_BYTES);
    if (before.kind === 'bytes') refuseMask(path, before.bytes.toString('utf8'), content);
    await writeAt(place, content);
    return `wrote ${Buffer.byteLength(content)} bytes to ${path}`;
  },
});
