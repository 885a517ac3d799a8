import type { WorkflowEvent, WorkflowStatus } from '@baton/core';
import { z } from 'zod';

const time = z.string().describe('ISO 8601');

/** A build as tools answer it. */
export const buildView = z.object({
  workflowId: z.string(),
  buildId: z.string(),
  projectId: z.string(),
  definition: z.string().describe('name@version'),
  state: z.string(),
  role: z.string().optional().describe('The role that is to act'),
  progressPercent: z.number(),
  next: z.string().describe('What can happen next, in words'),
  nextStates: z.array(z.string()),
  complete: z.boolean(),
  revision: z.number(),
  epoch: z.number().describe('Grows with every retry and rollback'),
  sequence: z.number().describe('The number of the newest event, for wait_for_change'),
  attempt: z.number(),
  retries: z.number(),
  maxRetries: z.number(),
  completedPhases: z.array(z.string()),
  worker: z.string().optional().describe('Who works on it now'),
  questions: z
    .array(z.object({ id: z.string(), text: z.string(), choices: z.array(z.string()) }))
    .describe('Open questions, for a person'),
  approval: z
    .object({ to: z.string(), role: z.string(), approvers: z.array(z.string()) })
    .optional()
    .describe('The move that waits for approval by a person'),
  failure: z
    .object({
      state: z.string(),
      code: z.string().describe('cancelled: a person has stopped it, and it has not failed'),
      message: z.string(),
      by: z.string().optional().describe('Who has cancelled it'),
      details: z.string().optional(),
    })
    .optional(),
  tokens: z.number().describe('Tokens that its models have read and written'),
  cost: z.number().describe('What its requests with a known price cost'),
  createdAt: time,
  updatedAt: time,
  deadline: time,
  completedAt: time.optional(),
});

export type BuildView = z.infer<typeof buildView>;

/** An event of the audit trail as tools answer it. */
export const eventView = z.object({
  sequence: z.number(),
  type: z.string(),
  by: z.string(),
  at: time,
  data: z.record(z.string(), z.unknown()),
});

/** Characters of what failed: the artifacts have all of it. */
const MOST_DETAILS = 8000;

export function toBuildView(status: WorkflowStatus): BuildView {
  const { definition, expectedNext, claim, awaiting, failure, usage, completedAt } = status;
  const phases = Object.values(usage);
  return {
    workflowId: status.workflowId,
    buildId: status.buildId,
    projectId: status.projectId,
    definition: `${definition.name}@${definition.version}`,
    state: status.state,
    ...(status.role !== undefined && { role: status.role }),
    progressPercent: status.progressPercent,
    next: expectedNext.description,
    nextStates: [...expectedNext.states],
    complete: completedAt !== undefined,
    revision: status.revision,
    epoch: status.epoch,
    sequence: status.sequence,
    attempt: status.attempt,
    retries: status.retries,
    maxRetries: status.maxRetries,
    completedPhases: [...status.completedPhases],
    ...(claim !== undefined && { worker: claim.worker }),
    questions: openQuestions(status),
    ...(awaiting?.kind === 'approval' && {
      approval: { to: awaiting.to, role: awaiting.role, approvers: [...awaiting.approvers] },
    }),
    ...(failure !== undefined && {
      failure: {
        state: failure.state,
        code: failure.code,
        message: failure.message,
        ...(failure.by !== undefined && { by: failure.by }),
        ...(failure.details !== undefined && { details: failure.details.slice(-MOST_DETAILS) }),
      },
    }),
    tokens: phases.reduce((sum, one) => sum + one.inputTokens + one.outputTokens, 0),
    cost: phases.reduce((sum, one) => sum + one.cost, 0),
    createdAt: isoTime(status.createdAt),
    updatedAt: isoTime(status.updatedAt),
    deadline: isoTime(status.deadline),
    ...(completedAt !== undefined && { completedAt: isoTime(completedAt) }),
  };
}

function openQuestions({ questions }: Pick<WorkflowStatus, 'questions'>) {
  return questions
    .filter(({ answer }) => answer === undefined)
    .map(({ id, text, choices }) => ({ id, text, choices: [...choices] }));
}

export function toEventView(event: WorkflowEvent): z.infer<typeof eventView> {
  const { sequence, type, triggeredBy, at, data } = event;
  return { sequence, type, by: triggeredBy, at: isoTime(at), data };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
