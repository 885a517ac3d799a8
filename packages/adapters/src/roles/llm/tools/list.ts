import { readdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { BatonError } from '@baton/core';
import { z } from 'zod';
import { inFolder } from './hold.ts';
import { isPrivate, locate } from './locate.ts';
import { defineTool } from './role-tool.ts';

const MAX_ENTRIES = 500;
const MAX_DEPTH = 8;
/** Folders that are named but only listed on request: they hold other projects' files. */
const FOREIGN: ReadonlySet<string> = new Set(['node_modules', 'vendor', 'target', '.venv']);

export const listTool = defineTool({
  name: 'list',
  description: `Lists files and folders (ending in /), at most ${MAX_ENTRIES} entries.`,
  input: z.strictObject({
    path: z.string().min(1).optional().describe('A folder, relative to the workspace; default .'),
    depth: z.int().min(1).max(MAX_DEPTH).optional().describe('Levels to go down; default 2'),
  }),
  summary: ({ path }) => path ?? '.',
  async run({ path = '.', depth = 2 }, { workspace }) {
    const entries: string[] = [];

    async function walk(folder: string, levels: number): Promise<void> {
      const { real } = await locate(workspace, folder);
      for (const entry of await entriesOf(real, folder)) {
        if (entries.length > MAX_ENTRIES) return;
        const inside = posix.join(folder, entry.name);
        if (isPrivate(entry.name)) continue;
        entries.push(entry.isDirectory() ? `${inside}/` : inside);
        if (!entry.isDirectory() || levels === 1 || FOREIGN.has(entry.name)) continue;
        await walk(inside, levels - 1);
      }
    }

    await walk(path, depth);
    if (entries.length === 0) return '(empty folder)';
    if (entries.length <= MAX_ENTRIES) return entries.join('\n');
    return [...entries.slice(0, MAX_ENTRIES), '[more entries left out: list a folder]'].join('\n');
  },
});

async function entriesOf(place: string, folder: string) {
  try {
    const entries = await inFolder(place, (held) => readdir(held, { withFileTypes: true }));
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    throw new BatonError('invalid_input', `cannot list ${folder}: there is no such folder`);
  }
}
