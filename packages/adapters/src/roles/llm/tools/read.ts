import { readdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { BatonError } from '@baton/core';
import { z } from 'zod';
import { shownText } from '../../../process/excerpt.ts';
import { inFolder } from './hold.ts';
import { isPrivate, locate } from './locate.ts';
import { defineTool } from './role-tool.ts';
import { MAX_CHARACTERS, readTextFile } from './text-file.ts';

const MAX_LINES = 2000;

export const readTool = defineTool({
  name: 'read',
  description: `Reads a text file, with line numbers, at most ${MAX_LINES} lines at a time; says where to continue.`,
  input: z.strictObject({
    path: z.string().min(1).describe('Relative to the workspace'),
    from: z.int().positive().optional().describe('First line, from 1; default 1'),
    to: z.int().positive().optional().describe('Last line; default: as far as the limit goes'),
  }),
  summary: ({ path, from, to }) =>
    from === undefined && to === undefined ? path : `${path}:${from ?? 1}-${to ?? ''}`,
  async run({ path, from = 1, to = Number.POSITIVE_INFINITY }, place) {
    const { workspace, maxCharacters = MAX_CHARACTERS } = place;
    const lines = shownText(place, await readTextFile(workspace, path)).split('\n');
    // A text that ends with a newline has no further line.
    if (lines.at(-1) === '') lines.pop();
    if (lines.length === 0) return '(empty file)';
    if (from > lines.length) {
      throw new BatonError('invalid_input', `${path} has ${lines.length} lines, none from ${from}`);
    }
    const end = Math.min(to, lines.length);
    const wanted = lines.slice(from - 1, Math.min(end, from - 1 + MAX_LINES));
    const shown = fitting(
      wanted.map((line, index) => `${from + index}\t${line}`),
      maxCharacters,
    );
    const last = from - 1 + shown.length;
    if (from === 1 && last === lines.length) return shown.join('\n');
    const more = last < end ? `; continue at line ${last + 1}` : '';
    return [...shown, `[lines ${from} to ${last} of ${lines.length}${more}]`].join('\n');
  },
});

/** As many lines as fit; a first line that is too long is truncated. */
function fitting(lines: readonly string[], maxCharacters: number): string[] {
  const shown: string[] = [];
  let characters = 0;
  for (const line of lines) {
    characters += line.length + 1;
    if (characters > maxCharacters && shown.length > 0) break;
    shown.push(line.length <= maxCharacters ? line : cut(line, maxCharacters));
  }
  return shown;
}

function cut(line: string, maxCharacters: number): string {
  const left = line.length - maxCharacters;
  return `${line.slice(0, maxCharacters).toWellFormed()} [... ${left} more characters of this line left out: search in it]`;
}

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
