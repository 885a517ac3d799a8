import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { locateForWriting } from './locate.ts';
import { refuseMask } from './refuse-mask.ts';
import { defineTool } from './role-tool.ts';

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
    const absolute = await locateForWriting(workspace, path);
    const before = await readFile(absolute, 'utf8').catch(() => '');
    refuseMask(path, before, content);
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, content);
    return `wrote ${Buffer.byteLength(content)} bytes to ${path}`;
  },
});
