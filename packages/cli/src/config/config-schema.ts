import { z } from 'zod';

/** What a `baton.config.json` may say. Nothing else is let through: a typo must not go unnoticed. */

const text = z.string().min(1);
const argv = z
  .array(z.string())
  .min(1)
  .refine(([program]) => program !== '', { path: [0], message: 'expected the name of a program' });
const timeoutSeconds = z.number().positive().max(86_400).optional();

/** How one role is performed: by one of `command`, `module` and `cassette`. */
const roleEntry = z
  .strictObject({
    /** A program in any language: the assignment as JSON on stdin, the outcome as JSON on stdout. */
    command: argv.optional(),
    /** A module that exports `perform(assignment, context)`, or a role adapter as its default. */
    module: text.optional(),
    /** Answers recorded before. */
    cassette: text.optional(),
    /** Seconds until the command is ended. */
    timeoutSeconds,
    /** Names of environment variables for this command, beside `environment`. */
    passEnv: z.array(text).optional(),
  })
  .superRefine((entry, context) => {
    const ways = (['command', 'module', 'cassette'] as const).filter((way) => entry[way]);
    if (ways.length !== 1) {
      const found = ways.length === 0 ? 'none' : ways.join(' and ');
      const message = `found ${found}; expected exactly one of command, module, cassette`;
      context.addIssue({ code: 'custom', message });
    }
    if (entry.command !== undefined) return;
    for (const name of ['timeoutSeconds', 'passEnv'] as const) {
      if (entry[name] === undefined) continue;
      context.addIssue({ code: 'custom', path: [name], message: 'goes with a command only' });
    }
  });

const namedCommand = z.strictObject({ name: text, argv, timeoutSeconds });
const namedCommands = z
  .array(namedCommand)
  .min(1)
  .superRefine((commands, context) => {
    for (const [index, { name }] of commands.entries()) {
      if (commands.findIndex((one) => one.name === name) === index) continue;
      const message = `found '${name}' twice; expected different names`;
      context.addIssue({ code: 'custom', path: [index, 'name'], message });
    }
  });

export const configSchema = z.strictObject({
  /** For editors. */
  $schema: z.string().optional(),
  roles: z.strictObject({
    q_assistant: roleEntry.optional(),
    code_writer: roleEntry.optional(),
    /** Of the last three roles, what is given here adds words to what `commands` measure. */
    test_auditor: roleEntry.optional(),
    verification_overseer: roleEntry.optional(),
    release_manager: roleEntry.optional(),
  }),
  /** What is really run. No role can do without: a claim that nothing checks goes no further. */
  commands: z.strictObject({
    test: z.strictObject({
      argv,
      /** JUnit XML that it writes, below `{reports}/`. Default `{reports}/junit.xml`. */
      junit: text.optional(),
      /** lcov tracefile that it writes, below `{reports}/`. Default `{reports}/lcov.info`. */
      lcov: text.optional(),
      timeoutSeconds,
    }),
    verify: namedCommands,
    deploy: z.strictObject({ argv, target: text, timeoutSeconds }),
    smoke: namedCommands,
    rollback: z.strictObject({ argv, timeoutSeconds }).optional(),
  }),
  /** Names of environment variables that commands may see. */
  environment: z.array(text).default([]),
  /** Line coverage below which tests do not pass, percent. */
  coverageThreshold: z.number().min(0).max(100).default(80),
  limits: z
    .strictObject({
      /** Seconds until a build times out. Default: `WORKFLOW_TIMEOUT`, or 3600. */
      timeoutSeconds: z
        .number()
        .positive()
        .max(366 * 86_400)
        .optional(),
      /** Retry requests before a build goes to `error`. Default: `WORKFLOW_MAX_RETRIES`, or 3. */
      maxRetries: z.int().min(0).max(1000).optional(),
      /** Attempts at one assignment; with `--server`, the server's count. Default 5. */
      maxAttempts: z.int().min(1).max(1000).optional(),
    })
    .default({}),
  /** Default: the name of the workspace's folder. */
  project: text.max(256).optional(),
  /** Who asks for the builds. Default: the user of this machine. */
  user: text.max(256).optional(),
});

export type ConfigDocument = z.output<typeof configSchema>;
export type RoleEntry = z.output<typeof roleEntry>;
export type RoleName = keyof ConfigDocument['roles'];
