import { z } from 'zod';

const line = z.string().refine((text) => !/[\n\r\0]/.test(text), 'expected one line');

const identity = line.regex(/^[^<>]+ <[^<>\s]+>$/, 'expected Name <address>').transform((text) => {
  const [, name = '', email = ''] = /^(.+) <(.+)>$/.exec(text) ?? [];
  return { name: name.trim(), email };
});

/** How the work of a complete build becomes a commit of the repository. */
export const handOverSchema = z.strictObject({
  branch: line
    .min(1)
    .default('baton/{title}-{id}')
    .describe(
      'Name of the branch: {title} stands for the request in short, {id} for the build, {build} for its whole id',
    ),
  message: z
    .string()
    .min(1)
    .default('{title}\n\n{body}')
    .describe(
      "The commit's message: {title} stands for the request's first line, {body} for what was done and measured, {request} for the whole request",
    ),
  author: identity
    .optional()
    .describe("Name <address> of the commit's author. Default: yours in git's settings"),
  committer: identity.optional().describe('The same of the committer. Default: the author'),
  sign: z
    .boolean()
    .optional()
    .describe(
      "Whether git signs the commit with your key. Default: commit.gpgSign of git's settings",
    ),
});

export type HandOverConfig = z.output<typeof handOverSchema>;
