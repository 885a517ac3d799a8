import { BatonError } from '@baton/core';
import { z } from 'zod';
import { MAX_CHARACTERS } from './output-limit.ts';
import { defineTool } from './role-tool.ts';
import { readTextFile } from './text-file.ts';

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
    const { workspace, redact, maxCharacters = MAX_CHARACTERS } = place;
    const lines = redact(await readTextFile(workspace, path)).split('\n');
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
