import { roleToAct, type WorkflowDefinition } from '../model/definition.ts';
import type { EventType, WorkflowEvent } from '../model/event.ts';
import type { Handoff } from '../model/handoff.ts';
import type { JsonObject } from '../model/json.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { Change } from './command.ts';

export interface EventDraft {
  readonly type: EventType;
  readonly triggeredBy: string;
  readonly data: JsonObject;
}

export interface HandoffDraft {
  readonly fromRole: string;
  readonly toRole: string | undefined;
  readonly toState: string;
  readonly data: JsonObject;
}

/** The next revision of `before`: `patch` applied, its events and handoff numbered and dated. */
export function change(
  before: WorkflowSnapshot,
  now: number,
  patch: Partial<WorkflowSnapshot>,
  events: readonly EventDraft[],
  handoff?: HandoffDraft,
  claimExpiredBy?: number,
): Change {
  const at = Math.max(now, before.updatedAt);
  const revision = before.revision + 1;
  const epoch = patch.epoch ?? before.epoch;
  const written: WorkflowEvent[] = [];
  for (const { type, triggeredBy, data } of events) {
    const sequence = before.sequence + written.length + 1;
    written.push({ workflowId: before.id, sequence, type, triggeredBy, data, at, revision, epoch });
  }
  const handoffs: Handoff[] = [];
  if (handoff !== undefined) {
    handoffs.push({
      workflowId: before.id,
      number: before.handoffs + 1,
      fromRole: handoff.fromRole,
      toRole: handoff.toRole,
      fromState: before.state,
      toState: handoff.toState,
      data: handoff.data,
      at,
    });
  }
  return {
    snapshot: {
      ...before,
      ...patch,
      revision,
      sequence: before.sequence + written.length,
      handoffs: before.handoffs + handoffs.length,
      updatedAt: at,
    },
    handoffs,
    events: written,
    claimExpiredBy,
  };
}

/** What changes in every snapshot that enters `state`: nobody has claimed or tried it yet. */
export function entering(
  definition: WorkflowDefinition,
  state: string,
  now: number,
): Partial<WorkflowSnapshot> {
  return {
    state,
    role: roleToAct(definition, state),
    attempt: 0,
    notBefore: now,
    claim: undefined,
    enteredAt: now,
  };
}
