import { z } from 'zod';

const pattern = z.string().superRefine((text, context) => {
  const problem = problemOf(text);
  if (problem === undefined) return;
  const message = `found ${JSON.stringify(text)}, ${problem}; expected one pattern as a line of .gitignore has it`;
  context.addIssue({ code: 'custom', message });
});

function problemOf(text: string): string | undefined {
  if (/[\n\r\0]/.test(text)) return 'which is more than a line';
  if (text !== text.trim()) return 'which has spaces around it';
  if (text.startsWith('#')) return 'which is a comment (\\# begins a name)';
  return /^!?\/?$/.test(text) ? 'which matches nothing' : undefined;
}

/** Whose say it is which files belong to a build: the user's, never a role's. */
export const workspaceSchema = z.strictObject({
  ignored: z
    .array(pattern)
    .default([])
    .describe(
      'What commands leave behind and no checkpoint has, beside what the repository ignores: patterns as in .gitignore',
    ),
  protected: z
    .array(pattern)
    .default([])
    .describe('Files that no role may add, change, rename or delete: patterns as in .gitignore'),
});
