import { relative } from 'node:path';
import { BatonError } from '@baton/core';
import { z } from 'zod';
import { gitCommand } from './git-command.ts';
import { isPrivate, locate } from './locate.ts';
import { headAndTail } from './output-limit.ts';
import { defineTool } from './role-tool.ts';

const MAX_PER_FILE = 50;
const LINE_CHARACTERS = 300;

/**
 * Searches by `git grep`, which needs no repository for it, follows no links, and is a process that
 * can be ended: a pattern that takes forever costs its time limit and nothing more.
 */
export const searchTool = defineTool({
  name: 'search',
  description: `Searches the text files, ignored ones aside, line by line; answers path:line:text, at most ${MAX_PER_FILE} lines a file.`,
  input: z.strictObject({
    pattern: z
      .string()
      .min(1)
      .max(1000)
      .regex(/^[^\n\0]*$/, 'expected one line')
      .describe('The text to find'),
    regex: z.boolean().optional().describe('Whether it is a POSIX extended regular expression'),
    ignoreCase: z.boolean().optional(),
    path: z.string().min(1).optional().describe('A file or folder to search in; default .'),
  }),
  summary: ({ pattern, path }) => (path === undefined ? pattern : `${pattern} in ${path}`),
  async run({ pattern, regex = false, ignoreCase = false, path = '.' }, place) {
    const inside = relative(place.workspace.path, await locate(place.workspace, path)) || '.';
    const options = ['--no-index', '--exclude-standard', '-nI', '--no-color', '--full-name'];
    const kind = [regex ? '-E' : '-F', ...(ignoreCase ? ['-i'] : [])];
    const args = ['grep', ...options, `--max-count=${MAX_PER_FILE}`, ...kind, '-e', pattern];
    const { exitCode, timedOut, stdout, stderr } = await gitCommand([...args, '--', inside], place);
    if (timedOut) throw new BatonError('invalid_input', 'the search took too long: narrow it');
    if (exitCode === 1) return '(no matches)';
    if (exitCode !== 0)
      throw new BatonError('invalid_input', `the search failed: ${stderr.trim()}`);
    const lines = place
      .redact(stdout)
      .split('\n')
      .filter((line) => !isPrivate(line.split(':')[0] ?? ''));
    return headAndTail(lines.map(shortened).join('\n').trimEnd()) || '(no matches)';
  },
});

function shortened(line: string): string {
  if (line.length <= LINE_CHARACTERS) return line;
  return `${line.slice(0, LINE_CHARACTERS).toWellFormed()}…`;
}
