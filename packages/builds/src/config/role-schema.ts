import { BUILD_PHASES } from '@baton/core';
import { z } from 'zod';
import { argv, text, timeoutSeconds, variables } from './argv-schema.ts';
import { principalEntry } from './principal-schema.ts';
import { promptEntry } from './prompt-schema.ts';
import { ROLE_OF } from './role-of.ts';
import { commandSandbox } from './sandbox-schema.ts';

/** The ways in which a role can be performed. */
export const WAYS = ['model', 'command', 'module', 'cassette', 'human'] as const;

/** What goes with some of them only. */
const COMPANIONS = {
  phases: ['model'],
  maxSteps: ['model'],
  prompt: ['model'],
  reserve: ['model', 'command'],
  timeoutSeconds: ['command'],
  passEnv: ['command'],
  sandbox: ['command'],
  principal: ['command', 'module'],
} as const satisfies Record<string, readonly (typeof WAYS)[number][]>;

/** How one role is performed: by exactly one of `WAYS`. */
const roleEntry = (role: (typeof ROLE_OF)[keyof typeof ROLE_OF]) =>
  z
    .strictObject({
      model: text.optional().describe('Name of a model: it performs the role with its tools'),
      phases: z
        .partialRecord(z.enum(BUILD_PHASES.filter((phase) => ROLE_OF[phase] === role)), text)
        .optional()
        .describe('Other models for single phases of the role'),
      maxSteps: z.int().positive().optional().describe('Model calls of one attempt. Default 100'),
      prompt: promptEntry
        .optional()
        .describe('Text of your own for the system prompt of a model, beside or in place of ours'),
      reserve: z
        .strictObject({
          tokens: z.int().positive().exactOptional(),
          cost: z.number().positive().exactOptional(),
        })
        .optional()
        .describe(
          'What one attempt may use, and loses to the budgets when its process is killed. Default: for a model all that is left, for a command nothing',
        ),
      command: argv
        .optional()
        .describe('A program in any language: assignment as JSON on stdin, outcome on stdout'),
      timeoutSeconds,
      sandbox: commandSandbox,
      passEnv: variables
        .optional()
        .describe('Environment variables for this command, beside environment'),
      module: text
        .optional()
        .describe(
          'A module that exports perform(assignment, context), or a role adapter as default',
        ),
      principal: principalEntry
        .optional()
        .describe('Who is behind a command or a module, for separations'),
      cassette: text.optional().describe('Answers recorded before'),
      human: z.literal(true).optional().describe('A person performs it: is asked, and answers'),
    })
    .superRefine((entry, context) => {
      const ways = WAYS.filter((way) => entry[way] !== undefined);
      if (ways.length !== 1) {
        const found = ways.length === 0 ? 'none' : ways.join(' and ');
        const message = `found ${found}; expected exactly one of ${WAYS.join(', ')}`;
        context.addIssue({ code: 'custom', message });
      }
      for (const [name, fitting] of Object.entries(COMPANIONS)) {
        if (entry[name as keyof typeof COMPANIONS] === undefined) continue;
        if (fitting.some((way) => entry[way] !== undefined)) continue;
        const message = `goes with a ${fitting.join(' or a ')} only`;
        context.addIssue({ code: 'custom', path: [name], message });
      }
    });

/** Of the last three, what is given here adds words to what `commands` measure. */
export const rolesSchema = z.strictObject({
  q_assistant: roleEntry('q_assistant').optional(),
  code_writer: roleEntry('code_writer').optional(),
  test_auditor: roleEntry('test_auditor')
    .optional()
    .describe('Adds words to what commands.test measures'),
  verification_overseer: roleEntry('verification_overseer')
    .optional()
    .describe('Adds words to what commands.verify measure'),
  release_manager: roleEntry('release_manager')
    .optional()
    .describe('Adds words to what the deployment showed, or to what is handed over'),
});

export type RoleEntry = z.output<ReturnType<typeof roleEntry>>;
export type RoleName = keyof z.output<typeof rolesSchema>;
