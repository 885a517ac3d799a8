import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { ApprovalReply } from '../model/replies.ts';
import type { Awaiting, WorkflowSnapshot } from '../model/workflow.ts';
import type { EventDraft } from './change.ts';
import type { DecideApprovalCommand, Decision } from './command.ts';
import { refuseEnded, refuseOtherCheckpoint, refusePrincipal, refuseStale } from './guards.ts';
import { moveOn } from './move-on.ts';
import { requestRetry } from './request-retry.ts';
import { phasesOnPath } from './send-back.ts';
import { NO_REPORT } from './settle.ts';

/** A person decides on a move that waits: it happens, or the work goes back with the reason. */
export function decideApproval(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: DecideApprovalCommand,
): Decision<ApprovalReply> {
  const { awaiting, id, state } = snapshot;
  const { by, approved, reason, now } = command;
  const refused = refuseStale(snapshot, command) ?? refuseEnded(definition, snapshot);
  if (refused !== undefined) return { kind: 'rejected', error: refused };
  if (awaiting?.kind !== 'approval') {
    const message = `workflow ${id} in '${state}' waits for no approval`;
    return { kind: 'rejected', error: new BatonError('wrong_state', message) };
  }
  const stranger = refusePrincipal(definition, by, awaiting.approvers);
  if (stranger !== undefined) return { kind: 'rejected', error: stranger };
  const unseen = refuseOtherCheckpoint(snapshot, command.expectedCheckpoint);
  if (unseen !== undefined) return { kind: 'rejected', error: unseen };
  const decided: EventDraft = {
    type: 'approval_decided',
    triggeredBy: by,
    data: { state, next: awaiting.to, approved, ...(reason !== undefined && { reason }) },
  };
  if (!approved) return sendBack(definition, snapshot, command, decided);
  const change = moveOn(definition, snapshot, awaiting.to, {
    now,
    role: awaiting.role,
    data: snapshot.outputs[snapshot.path.at(-1)?.phase ?? ''] ?? {},
    decided: [decided],
  });
  return accepted(state, true, change);
}

function sendBack(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: DecideApprovalCommand,
  decided: EventDraft,
): Decision<ApprovalReply> {
  const { to } = snapshot.awaiting as Extract<Awaiting, { kind: 'approval' }>;
  const retried = requestRetry(
    definition,
    snapshot,
    {
      kind: 'request_retry',
      by: command.by,
      reason: command.reason ?? `the move to '${to}' was not approved`,
      details: undefined,
      targetState: command.targetState ?? whereRefused(definition, snapshot),
      checkpoint: undefined,
      budgets: undefined,
      timeoutMs: undefined,
      expectedRevision: undefined,
      expectedEpoch: undefined,
      now: command.now,
      ...NO_REPORT,
    },
    [decided],
  );
  if (retried.kind !== 'accepted') return retried as Decision<never>;
  return accepted(snapshot.state, false, retried.change);
}

/**
 * The state that refused work goes to. A phase that sends work back judges the output of another phase, so
 * the reason is for that other phase. Undefined: the state that a retry goes to by default.
 */
function whereRefused(
  { states, edges }: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
): string | undefined {
  const found = states[snapshot.state];
  const usual = found?.kind === 'phase' || found?.kind === 'handoff' ? found.retryTo : undefined;
  if (usual === undefined) return undefined;
  const judged = Object.entries(edges[usual] ?? {}).find(([, kind]) => kind === 'retry')?.[0];
  return judged !== undefined && phasesOnPath(snapshot).includes(judged) ? judged : undefined;
}

function accepted(
  previousState: string,
  approved: boolean,
  change: Extract<Decision, { kind: 'accepted' }>['change'],
): Decision<ApprovalReply> {
  const { id, state, role, revision, epoch } = change.snapshot;
  return {
    kind: 'accepted',
    change,
    reply: { workflowId: id, previousState, state, role, revision, epoch, approved },
  };
}
