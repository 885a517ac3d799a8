import { z } from 'zod';
import { MAX_CHARACTERS } from './output-limit.ts';
import { defineTool } from './role-tool.ts';
import { readTextFile } from './text-file.ts';

const MAX_LINES = 2000;

export const readTool = defineTool({
  name: 'read',
  description: `Reads a text file, with line numbers, at most ${MAX_LINES} lines at a time.`,
  input: z.strictObject({
    path: z.string().min(1).describe('Relative to the workspace'),
    from: z.int().positive().optional().describe('First line, from 1; default 1'),
    to: z.int().positive().optional().describe('Last line; default: as far as the limit goes'),
  }),
  summary: ({ path, from, to }) =>
    from === undefined && to === undefined ? path : `${path}:${from ?? 1}-${to ?? ''}`,
  async run({ path, from = 1, to = Number.POSITIVE_INFINITY }, { workspace, redact }) {
    const lines = redact(await readTextFile(workspace, path)).split('\n');
    // What ends in a newline has no line after it.
    if (lines.at(-1) === '') lines.pop();
    const wanted = lines.slice(from - 1, Math.min(to, from - 1 + MAX_LINES));
    const shown = fitting(wanted.map((line, index) => `${from + index}\t${line}`));
    const last = from - 1 + shown.length;
    if (from === 1 && last === lines.length) return shown.join('\n') || '(empty file)';
    return [...shown, `[lines ${from} to ${last} of ${lines.length}]`].join('\n');
  },
});

/** As many lines as fit; a first line that is too long by itself is cut. */
function fitting(lines: readonly string[]): string[] {
  const shown: string[] = [];
  let characters = 0;
  for (const line of lines) {
    characters += line.length + 1;
    if (characters > MAX_CHARACTERS && shown.length > 0) break;
    shown.push(line.slice(0, MAX_CHARACTERS).toWellFormed());
  }
  return shown;
}
