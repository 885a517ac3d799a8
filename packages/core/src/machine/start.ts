import type { WorkflowDefinition } from '../model/definition.ts';
import { roleToAct } from '../model/definition.ts';
import type { JsonObject } from '../model/json.ts';
import type { StartReply } from '../model/replies.ts';
import type { RuleDigests, WorkflowLimits, WorkflowSnapshot } from '../model/workflow.ts';
import type { Accepted } from './command.ts';

export interface StartCommand {
  readonly id: string;
  readonly buildId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly requirements: JsonObject;
  readonly metadata: JsonObject;
  readonly limits: WorkflowLimits;
  readonly priority: number;
  /** Digests of the definition. */
  readonly rules: RuleDigests | undefined;
  /** What of it the audit trail begins with. */
  readonly rulesInWords: JsonObject;
  /** The span that begins the workflow. */
  readonly traceparent?: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** A new workflow in the first state of its definition, at revision 1. */
export function start(definition: WorkflowDefinition, command: StartCommand): Accepted<StartReply> {
  const { id, buildId, projectId, userId, requirements, metadata, limits, priority, now } = command;
  const state = definition.initial;
  const role = roleToAct(definition, state);
  const snapshot: WorkflowSnapshot = {
    id,
    buildId,
    projectId,
    userId,
    definition: { name: definition.name, version: definition.version },
    rules: command.rules,
    state,
    role,
    revision: 1,
    epoch: 1,
    sequence: 1,
    handoffs: 0,
    retries: 0,
    attempt: 0,
    notBefore: now,
    priority,
    requirements,
    metadata,
    limits,
    path: [{ phase: state, enteredAt: now, checkpoint: undefined, performers: {} }],
    outputs: {},
    checkpoint: undefined,
    feedback: undefined,
    failure: undefined,
    questions: [],
    questionsAsked: 0,
    awaiting: undefined,
    usage: {},
    performers: {},
    claim: undefined,
    createdAt: now,
    updatedAt: now,
    enteredAt: now,
    deadline: now + limits.timeoutMs,
    completedAt: undefined,
    lostAttempts: undefined,
    chain: undefined,
    commitId: undefined,
    traceparent: command.traceparent,
    seal: undefined,
  };
  const data = {
    to: state,
    definition: { ...snapshot.definition },
    buildId,
    projectId,
    ...(command.rules !== undefined && { rules: { ...command.rules } }),
    ...command.rulesInWords,
  };
  return {
    kind: 'accepted',
    change: {
      snapshot,
      handoffs: [],
      events: [
        {
          workflowId: id,
          sequence: 1,
          type: 'workflow_started',
          triggeredBy: userId,
          data,
          at: now,
          revision: 1,
          epoch: 1,
        },
      ],
      claimExpiredBy: undefined,
    },
    reply: {
      workflowId: id,
      state,
      role,
      revision: 1,
      epoch: 1,
      instructions: definition.roles[role ?? '']?.instructions ?? '',
    },
  };
}
