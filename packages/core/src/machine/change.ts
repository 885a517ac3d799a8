import { roleToAct, type WorkflowDefinition } from '../model/definition.ts';
import type { JsonObject } from '../model/json.ts';
import type { EventType, Handoff, WorkflowEvent } from '../model/trail.ts';
import { type Spent, spentData } from '../model/usage-counters.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { Change } from './command.ts';
import { lostBy, lostEvent, withLost } from './lost-attempts.ts';
import { type AttemptReport, NO_REPORT, spentBy, withSpent } from './settle.ts';

export interface EventDraft {
  readonly type: EventType;
  readonly triggeredBy: string;
  readonly data: JsonObject;
}

interface HandoffDraft {
  readonly fromRole: string;
  readonly toRole: string | undefined;
  readonly toState: string;
  readonly data: JsonObject;
}

/** What one change brings about. */
export interface ChangeDraft {
  readonly patch: Partial<WorkflowSnapshot>;
  readonly events: readonly EventDraft[];
  readonly handoff?: HandoffDraft;
  /** See `Commit.claimExpiredBy`. */
  readonly claimExpiredBy?: number | undefined;
  /** What the attempt that ends with this change tells of itself. */
  readonly report?: AttemptReport;
}

/** The next revision of `before`: the draft's patch applied, its events and handoff numbered. */
export function change(before: WorkflowSnapshot, now: number, draft: ChangeDraft): Change {
  const { patch, handoff, claimExpiredBy, report = NO_REPORT } = draft;
  const at = Math.max(now, before.updatedAt);
  const revision = before.revision + 1;
  const epoch = patch.epoch ?? before.epoch;
  const written: WorkflowEvent[] = [];
  const write = ({ type, triggeredBy, data }: EventDraft): void => {
    const sequence = before.sequence + written.length + 1;
    written.push({ workflowId: before.id, sequence, type, triggeredBy, data, at, revision, epoch });
  };
  const claimEnds = 'claim' in patch && before.claim !== undefined;
  const isSettled = claimEnds || report.usage !== undefined;
  const spent = isSettled ? spentBy(before, report, now) : undefined;
  const lost = lostBy(before, patch, report.claimToken);
  const ending =
    lost === undefined ? draft.events : [lostEvent(before, lost, now), ...draft.events];
  for (const note of report.notes) write(noted(before, note));
  // The event by which an attempt ends says what it has used.
  for (const [i, event] of ending.entries()) {
    write(i > 0 || spent === undefined ? event : withUsage(event, spent));
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
      ...(lost !== undefined && { lostAttempts: withLost(before.lostAttempts, lost) }),
      revision,
      sequence: before.sequence + written.length,
      handoffs: before.handoffs + handoffs.length,
      usage: spent === undefined ? (patch.usage ?? before.usage) : withSpent(before, spent),
      updatedAt: at,
    },
    handoffs,
    events: written,
    claimExpiredBy,
  };
}

export function withUsage(event: EventDraft, spent: Spent): EventDraft {
  return { ...event, data: { ...event.data, usage: spentData(spent) } };
}

function noted(
  { claim, role, state }: WorkflowSnapshot,
  { code, message }: AttemptReport['notes'][number],
): EventDraft {
  const triggeredBy = claim?.worker ?? role ?? state;
  return { type: 'noted', triggeredBy, data: { state, code, message } };
}

/** What changes in every snapshot that enters `state`: no worker has claimed or tried it yet. */
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
    awaiting: undefined,
    claim: undefined,
    enteredAt: now,
  };
}
