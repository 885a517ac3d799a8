import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { z } from 'zod';
import { shownText } from '../../../process/excerpt.ts';
import { type GitLimits, withPrivateGit } from './git-command.ts';
import { readAt } from './hold.ts';
import { isPrivate, locate } from './locate.ts';
import { defineTool, type RoleTool, type ToolPlace } from './role-tool.ts';
import { sortFiles, withFiles } from './shown-files.ts';
import { headAndTail, MAX_BYTES } from './text-file.ts';

const MAX_PER_FILE = 50;
const LINE_CHARACTERS = 300;
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;
/** Files to name; the rest is counted. */
const NAMED = 5;
/** Any object id but the null id; git then reads the files themselves. */
const NO_OBJECT = '1'.repeat(40);
/** Path, line number and text, as `-nz` separates them; the path may contain any character. */
const MATCH = /([^\0]+)\0(\d+)\0([^\n]*)(?:\n|$)/g;

/**
 * Searches the files that digests cover with `git grep`. It is a process that can be ended: a pattern that
 * takes for ever costs its time limit and no more. Files with secrets are searched in the form that is shown, so
 * that a match reveals nothing about a secret. Git opens files by path, so it only locates a line; the tool
 * then reads the line itself.
 */
export const searchTool = createSearchTool();

/** The same within other limits. */
export function createSearchTool(limits: GitLimits = {}): RoleTool {
  return defineTool({
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
      const { inside } = await locate(place.workspace, path);
      const files = (await place.workspace.files()).filter(
        (file) => !isPrivate(file) && isBelow(inside, file),
      );
      const { clean, changed, tooLarge } = await sortFiles(files, place);
      const kind = [regex ? '-E' : '-F', ...(ignoreCase ? ['-i'] : [])];
      const query = [`--max-count=${MAX_PER_FILE}`, ...kind, '-e', pattern];
      const found = await readAgain(await grep(query, [...clean], place, limits), place);
      if (changed.size > 0) {
        found.push(
          ...(await withFiles(changed, (folder) =>
            grep(
              query,
              [...changed.keys()],
              {
                ...place,
                workspace: { ...place.workspace, path: folder },
              },
              limits,
            ),
          )),
        );
        found.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
      }
      const lines = found.map(({ path, line, text }) => `${path}:${line}:${text}`);
      const safe = shownText(place, lines.join('\n')).split('\n');
      const text =
        headAndTail(safe.map(shortened).join('\n').trimEnd(), place.maxCharacters) ||
        '(no matches)';
      if (tooLarge.length === 0) return text;
      const names = tooLarge.slice(0, NAMED);
      const more = tooLarge.length > NAMED ? ` and ${tooLarge.length - NAMED} more` : '';
      return `${text}\n[left out, larger than ${MAX_BYTES} bytes: ${names.join(', ')}${more}]`;
    },
  });
}

interface Match {
  readonly path: string;
  readonly line: string;
  readonly text: string;
}

function isBelow(folder: string, file: string): boolean {
  return folder === '' || file === folder || file.startsWith(`${folder}/`);
}

/**
 * Searches exactly these files. Git gets them through an index, which holds any number of files.
 *
 * @throws BatonError `invalid_input` when the search fails, takes too long or finds too much.
 */
async function grep(
  query: readonly string[],
  files: readonly string[],
  place: ToolPlace,
  limits: GitLimits,
): Promise<Match[]> {
  if (files.length === 0) return [];
  return withPrivateGit(place, async (git) => {
    const stdin = files.map((file) => `100644 ${NO_OBJECT}\t${file}\0`).join('');
    const named = await git(['update-index', '-z', '--index-info'], { stdin });
    if (named.exitCode !== 0) throw failed(named.stderr);
    const { exitCode, timedOut, excess, stdout, stderr, leftOut } = await git(
      ['grep', '-nz', '--text', '--no-color', ...query],
      { ...limits, maxOutputBytes: MAX_OUTPUT_BYTES },
    );
    if (timedOut) throw new BatonError('invalid_input', 'the search took too long: narrow it');
    if (excess !== undefined) {
      throw new BatonError(
        'invalid_input',
        `the search was ended: ${excess}; simplify the pattern`,
      );
    }
    if (exitCode === 1) return [];
    if (exitCode !== 0) throw failed(stderr);
    // The part that was cut off could belong to any file.
    if (leftOut.stdout > 0) {
      throw new BatonError('invalid_input', 'the search found too much: narrow it');
    }
    return [...stdout.matchAll(MATCH)].map(([, path = '', line = '', text = '']) => ({
      path,
      line,
      text,
    }));
  });
}

/** Reads the matching lines from the workspace; lines that are gone are left out. */
async function readAgain(found: readonly Match[], place: ToolPlace): Promise<Match[]> {
  const root = await realpath(place.workspace.path);
  const there: Match[] = [];
  for (const [path, matches] of Map.groupBy(found, ({ path }) => path)) {
    const file = await readAt(join(root, path), MAX_BYTES);
    const text = file.kind === 'bytes' ? file.bytes.toString('utf8') : '';
    // Another process wrote a secret there meanwhile.
    if (shownText(place, text) !== text) continue;
    const lines = text.split('\n');
    for (const match of matches) {
      const line = lines[Number(match.line) - 1];
      if (line !== undefined) there.push({ ...match, text: line });
    }
  }
  return there;
}

function failed(stderr: string): BatonError {
  return new BatonError('invalid_input', `the search failed: ${stderr.trim()}`);
}

function shortened(line: string): string {
  if (line.length <= LINE_CHARACTERS) return line;
  return `${line.slice(0, LINE_CHARACTERS).toWellFormed()}…`;
}
