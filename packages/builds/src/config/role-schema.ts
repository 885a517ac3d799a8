import { BUILD_PHASES } from '@baton/core';
import { z } from 'zod';
import { AGENT_NAMES, agentShape } from './agent-schema.ts';
import { argv, promptEntry, text, timeoutSeconds, variables } from './argv-schema.ts';
import { principalEntry } from './principal-schema.ts';
import { ROLE_OF } from './role-of.ts';
import { commandSandbox } from './sandbox-schema.ts';

/** The ways in which a role can be performed. */
export const WAYS = ['model', 'agent', 'command', 'module', 'cassette', 'human'] as const;

type Way = (typeof WAYS)[number];

/** What goes with some of them only. */
const COMPANIONS = {
  phases: ['model'],
  maxSteps: ['model'],
  prompt: ['model', 'agent'],
  reserve: ['model', 'agent', 'command'],
  timeoutSeconds: ['command'],
  passEnv: ['agent', 'command'],
  sandbox: ['agent', 'command'],
  principal: ['agent', 'command', 'module'],
  mode: ['agent'],
  env: ['agent'],
  permissions: ['agent'],
  continueOnRetry: ['agent'],
  limits: ['agent'],
} as const satisfies Record<string, readonly (typeof WAYS)[number][]>;

/** How one role is performed: by exactly one of `WAYS`. */
const roleEntry = (role: (typeof ROLE_OF)[keyof typeof ROLE_OF]) =>
  z
    .strictObject({
      model: text
        .optional()
        .describe(
          'Name of a model: it performs the role with its tools. With an agent: what the agent asks, through a gateway that keeps the key',
        ),
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
      agent: z
        .enum(AGENT_NAMES)
        .optional()
        .describe(
          'A coding agent that speaks the Agent Client Protocol; custom: the one that command starts',
        ),
      ...agentShape,
      command: argv
        .optional()
        .describe(
          'A program in any language: assignment as JSON on stdin, outcome on stdout. With an agent: what starts it',
        ),
      timeoutSeconds,
      sandbox: commandSandbox,
      passEnv: variables
        .optional()
        .describe('Environment variables for this command or agent, beside environment'),
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
      const ways = waysOf(entry);
      if (ways.length !== 1) {
        const found = ways.length === 0 ? 'none' : ways.join(' and ');
        const message = `found ${found}; expected exactly one of ${WAYS.join(', ')}`;
        context.addIssue({ code: 'custom', message });
      }
      if (entry.agent === 'custom' && entry.command === undefined) {
        const message = 'found nothing; expected what starts the custom agent';
        context.addIssue({ code: 'custom', path: ['command'], message });
      }
      for (const [name, fitting] of Object.entries(COMPANIONS)) {
        if (entry[name as keyof typeof COMPANIONS] === undefined) continue;
        if (ways.some((way) => (fitting as readonly string[]).includes(way))) continue;
        const message = `goes with ${fitting.map(named).join(' or ')} only`;
        context.addIssue({ code: 'custom', path: [name], message });
      }
    });

/** An agent is started by its `command` and asks its `model`, which then are no ways of their own. */
function waysOf(entry: Readonly<Partial<Record<Way, unknown>>>): readonly Way[] {
  const given = WAYS.filter((way) => entry[way] !== undefined);
  return given.includes('agent')
    ? given.filter((way) => way !== 'command' && way !== 'model')
    : given;
}

function named(way: Way): string {
  return `${way === 'agent' ? 'an' : 'a'} ${way}`;
}

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

/** In the order in which they carry a build. */
export const ROLE_NAMES = Object.keys(rolesSchema.shape) as readonly RoleName[];
