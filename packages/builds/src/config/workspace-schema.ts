import { posix } from 'node:path';
import { remoteProblem } from '@baton/adapters/workspace';
import { z } from 'zod';
import { retentionSchema } from './argv-schema.ts';

const A_LINE = 'one pattern as a line of .gitignore has it';

const pattern = z.string().superRefine((text, context) => {
  const problem = problemOf(text);
  if (problem === undefined) return;
  const [what, expected = A_LINE] = problem;
  const message = `found ${JSON.stringify(text)}, ${what}; expected ${expected}`;
  context.addIssue({ code: 'custom', message });
});

function problemOf(
  text: string,
): readonly [what: string, expected?: string | undefined] | undefined {
  if (/[\n\r\0]/.test(text)) return ['which is more than a line'];
  if (text !== text.trim()) return ['which has spaces around it'];
  if (text.startsWith('#')) return ['which is a comment (\\# begins a name)'];
  if (/^!?\/?$/.test(text)) return ['which matches nothing'];
  // A pattern is no path: git matches names with it.
  const hasSteps = /^!?(.*\/)?\.\.?(\/|$)/.test(text);
  return hasSteps
    ? ['which matches nothing, for it has the steps ./ or ../', withoutSteps(text)]
    : undefined;
}

/** Undefined when it means nothing in the workspace, or all of it. */
function withoutSteps(text: string): string | undefined {
  const [, not = '', path = ''] = /^(!?)\/?(.*)$/.exec(text) ?? [];
  const meant = posix.normalize(path);
  return /^\.\.?(\/|$)/.test(meant) ? undefined : JSON.stringify(`${not}/${meant}`);
}

/** Relative to the configuration, or below the home. */
export const FROM_HERE = /^(?:\.{1,2}|~)\//;

const remote = z.string().superRefine((address, context) => {
  const problem = FROM_HERE.test(address) ? undefined : remoteProblem(address);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** Whose say it is which files belong to a build: the user's, never a role's. */
export const workspaceSchema = z.strictObject({
  ignored: z
    .array(pattern)
    .default([])
    .describe(
      'What commands leave behind and no checkpoint has, beside what the repository ignores: patterns as in .gitignore',
    ),
  directory: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder for the files of builds, outside of the repository; relative to this file, ~/ for the home. Default: ~/baton/<repository>',
    ),
  remote: remote
    .optional()
    .describe(
      'Git remote by which builds travel between machines: a path (./ beside this file, ~/ for the home), a file:, http:, https: or ssh: URL without credentials, or user@host:path. Default: builds stay on this machine',
    ),
  retention: retentionSchema
    .prefault({})
    .describe('How long what lies on this machine of complete builds stays'),
  sources: z
    .array(pattern)
    .min(1)
    .optional()
    .describe(
      'Folders of the sources, as patterns of .gitignore: what a build changes outside is named when it ends. Default: src/, lib/, app/, cmd/, internal/, pkg/',
    ),
  protected: z
    .array(pattern)
    .default([])
    .describe('Files that no role may add, change, rename or delete: patterns as in .gitignore'),
  generated: z
    .union([z.enum(['accept', 'refuse']), z.strictObject({ accept: z.array(pattern).min(1) })])
    .default('accept')
    .describe(
      'Files that install, test and verify change: accept, refuse, or { accept } with patterns as in .gitignore',
    ),
});
