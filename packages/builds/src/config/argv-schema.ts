import { z } from 'zod';

export const text = z.string().min(1);

export const argv = z
  .array(z.string())
  .min(1)
  .refine(([program]) => program !== '', { path: [0], message: 'expected the name of a program' })
  .describe("The program and its arguments; never a shell's line. {config} is this file's folder");

export const timeoutSeconds = z
  .number()
  .positive()
  .max(86_400)
  .optional()
  .describe('Seconds until it is ended');

/** Names of environment variables. */
export const variables = z.array(text);

const failing = z
  .enum(['refuse', 'tolerate'])
  .default('refuse')
  .describe(
    'refuse: a build does not begin while something fails. tolerate: it does, and what failed may go on failing in the same way',
  );

const failingInstall = z
  .enum(['refuse', 'tolerate'])
  .default('refuse')
  .describe(
    'refuse: a build does not begin while install fails, whatever failing says. tolerate: it does, such as one that is to mend what is installed',
  );

/** Whether the commands are run before a build changes anything, and what becomes of failures. */
export const baselineSchema = z
  .union([z.enum(['run', 'off']), z.strictObject({ failing, failingInstall })])
  .default('run')
  .transform((given) => ({
    isRun: given !== 'off',
    ...(typeof given === 'string'
      ? { failing: 'refuse' as const, failingInstall: 'refuse' as const }
      : { failing: given.failing, failingInstall: given.failingInstall }),
  }));

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

export const retentionDays = z.union([z.literal('off'), z.number().min(0).max(36_500)]);

/** Days, or `off`: for ever. */
export type RetentionDays = z.output<typeof retentionDays>;

/** How long what lies there of a complete build stays. */
export const retentionSchema = z.strictObject({
  worktreesDays: retentionDays
    .default(7)
    .describe('Days that the files of a complete build stay. "off": for ever, checkpoints too'),
  checkpointsDays: retentionDays
    .default(90)
    .describe('Days that its checkpoints and records stay. "off": for ever'),
});

/** Bytes that a prompt may have. */
export const MAX_PROMPT_BYTES = 64 * 1024;

/** What the user says of how a model works in a role. */
export const promptEntry = z
  .strictObject({
    append: text.max(MAX_PROMPT_BYTES).optional().describe('Comes after what the role is told'),
    file: text
      .optional()
      .describe("A file, relative to this one's folder: replaces what the role is told"),
  })
  .superRefine(({ append, file }, context) => {
    if ((append === undefined) !== (file === undefined)) return;
    const found = append === undefined ? 'neither' : 'both';
    context.addIssue({ code: 'custom', message: `found ${found}; expected either append or file` });
  });
