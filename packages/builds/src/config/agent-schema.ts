import { AGENTS, type AgentName } from '@baton/adapters/agent';
import { z } from 'zod';
import { text } from './argv-schema.ts';

/** The agents that Baton knows how to start, and one that the configuration starts itself. */
export const AGENT_NAMES = [...(Object.keys(AGENTS) as AgentName[]), 'custom'] as const;

/** ACP's kinds of tool calls. */
const KINDS = [
  ...(['read', 'edit', 'delete', 'move', 'search'] as const),
  ...(['execute', 'think', 'fetch', 'switch_mode', 'other'] as const),
] as const;

const rule = z.strictObject({
  kinds: z.array(z.enum(KINDS)).min(1).optional().describe('Kinds of tool calls. Default: any'),
  title: text.optional().describe('A text that the title of the call contains. Default: any'),
  decision: z
    .enum(['allow', 'reject', 'ask'])
    .describe('ask: a person answers, as a question of the build'),
});

/** What goes with an agent alone. */
export const agentShape = {
  mode: text.optional().describe("The agent's session mode. Default: the one that suits the agent"),
  env: z
    .record(text, z.string())
    .optional()
    .describe('Environment variables to set for the agent; no secrets: they stand in this file'),
  permissions: z
    .array(rule)
    .max(100)
    .optional()
    .describe(
      'Answers to what the agent asks permission for; the first that fits counts. Default: all is allowed, within the sandbox',
    ),
  continueOnRetry: z
    .boolean()
    .optional()
    .describe("Whether a retry goes on with the agent's conversation. Default: true"),
  limits: z
    .strictObject({
      timeoutSeconds: z
        .number()
        .positive()
        .max(86_400)
        .optional()
        .describe('Seconds until an attempt is ended. Default: the time limit of the build alone'),
      corrections: z
        .int()
        .min(0)
        .max(100)
        .optional()
        .describe('How often an outcome that cannot be used goes back to the agent. Default 3'),
    })
    .optional(),
} as const;
