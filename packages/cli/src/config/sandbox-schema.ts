import { z } from 'zod';
import { text } from './argv-schema.ts';

const paths = z.array(text);

/** What a command of the configuration says of its own wall. */
export const commandSandbox = z
  .strictObject({
    network: z
      .enum(['none', 'all'])
      .optional()
      .describe('none: a loopback of its own alone. Default: none for test and verify, else all'),
    workspace: z
      .enum(['write', 'read'])
      .optional()
      .describe(
        'read: it cannot write the files of the build, as a check may be held to. Default: write',
      ),
    read: paths.optional().describe('What it reads beside sandbox.read'),
    write: paths.optional().describe('What it writes beside sandbox.write, such as a deployment'),
  })
  .optional()
  .describe('What this command may do beside what sandbox says');

export const SANDBOX_KINDS = ['auto', 'bubblewrap', 'none'] as const;

const settings = z.strictObject({
  kind: z
    .enum(SANDBOX_KINDS)
    .default('auto')
    .describe('auto: the one that is there; builds that deploy do not begin where there is none'),
  read: paths
    .default([])
    .describe(
      'Files and folders that commands read although the home is hidden; ~/ and $VARIABLE at the beginning, or relative to this file',
    ),
  write: paths
    .default([])
    .describe('Files and folders that commands write beside the files of the build'),
  memoryMiB: z
    .int()
    .min(16)
    .max(2 ** 20)
    .default(8192)
    .describe('Memory of all processes of a command together'),
  processes: z.int().min(8).max(100_000).default(1024).describe('Processes of a command at once'),
  outputMiB: z
    .int()
    .min(1)
    .max(4096)
    .default(64)
    .describe('What a command may write to its output'),
});

/** The wall around the processes of every command. */
export const sandboxSchema = z.preprocess(
  (found) => (typeof found === 'string' ? { kind: found } : found),
  settings.prefault({}),
);

export type CommandSandbox = z.output<typeof commandSandbox>;
