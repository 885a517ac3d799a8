import { roleToAct, type WorkflowDefinition } from '../model/definition.ts';
import type { JsonObject } from '../model/json.ts';
import type { Checkpoint, WorkflowSnapshot } from '../model/workflow.ts';
import { change, type EventDraft, entering } from './change.ts';
import type { Change } from './command.ts';
import { gatesAt } from './gates.ts';
import { performersWith } from './separation.ts';
import { type AttemptReport, NO_REPORT } from './settle.ts';
import { deadlineAt } from './waiting.ts';

/** A finished state, about to be left. */
export interface Move {
  readonly now: number;
  /** The role that has finished it. */
  readonly role: string;
  /** What the next role receives. */
  readonly data: JsonObject;
  /** The workspace at this border, where it was recorded with this move. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Who vouches for it and for the evidence of the output. */
  readonly attestedBy?: string | undefined;
  /** What was decided in the same commit, before the move. */
  readonly decided?: readonly EventDraft[];
  readonly claimExpiredBy?: number | undefined;
  readonly report?: AttemptReport;
}

/** The workflow moves forward to `next`. */
export function moveOn(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  next: string,
  move: Move,
): Change {
  const { state } = snapshot;
  const { now, role, data, decided = [], report = NO_REPORT } = move;
  const from = definition.states[state];
  const to = definition.states[next];
  const checkpoint = move.checkpoint ?? snapshot.checkpoint;
  const { outputs, performers } = finished(definition, snapshot, data);
  const { passed, notApplied } =
    from?.kind === 'phase'
      ? gatesAt(from, { checkpoint, outputs: snapshot.outputs })
      : { passed: [], notApplied: [] };
  return change(snapshot, now, {
    patch: {
      ...entering(definition, next, now),
      outputs,
      performers,
      checkpoint,
      path:
        to?.kind === 'phase'
          ? [...snapshot.path, { phase: next, enteredAt: now, checkpoint, performers }]
          : snapshot.path,
      feedback: from?.kind === 'phase' ? undefined : snapshot.feedback,
      deadline: deadlineAt(snapshot, now),
      completedAt: to?.kind === 'final' ? Math.max(now, snapshot.createdAt) : undefined,
    },
    events: [
      ...decided,
      {
        type: 'state_advanced',
        triggeredBy: role,
        data: {
          from: state,
          to: next,
          gates: passed,
          ...(notApplied.length > 0 && { gatesNotApplied: notApplied }),
          ...(move.checkpoint !== undefined && { checkpoint: { ...move.checkpoint } }),
          ...(move.attestedBy !== undefined && { attestedBy: move.attestedBy }),
          ...(from?.kind === 'phase' && { phaseMs: Math.max(0, now - snapshot.enteredAt) }),
          ...(to?.kind === 'final' && { workflowMs: Math.max(0, now - snapshot.createdAt) }),
        },
      },
    ],
    handoff: { fromRole: role, toRole: roleToAct(definition, next), toState: next, data },
    claimExpiredBy: move.claimExpiredBy,
    report,
  });
}

/** What a finished phase leaves behind: its output and who made it. */
export function finished(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  output: JsonObject,
): Pick<WorkflowSnapshot, 'outputs' | 'performers'> {
  const { state, outputs } = snapshot;
  if (definition.states[state]?.kind !== 'phase') return snapshot;
  // Approved later: everything is in place already.
  if (snapshot.awaiting !== undefined) return snapshot;
  return {
    outputs: { ...outputs, [state]: output },
    performers: performersWith(snapshot, snapshot.claim),
  };
}
