import type { EventType, Handoff, StoredReply, WorkflowEvent } from '@baton/core';
import { jsonText, parseJson, type Row, type Value } from './workflow-row.ts';

/** Rows of the tables beside build_workflows, as both SQL databases return them. */

export function toHandoff(row: Row): Handoff {
  const id = String(row['id']);
  return {
    workflowId: row['workflow_id'] as string,
    number: row['number'] as number,
    fromRole: row['from_role'] as string,
    toRole: (row['to_role'] as string | null) ?? undefined,
    fromState: row['from_state'] as string,
    toState: row['to_state'] as string,
    data: parseJson(row['data_transferred'], 'workflow_handoffs', id, 'data_transferred'),
    at: row['timestamp'] as number,
  };
}

export function toEvent(row: Row): WorkflowEvent {
  return {
    workflowId: row['workflow_id'] as string,
    sequence: row['sequence'] as number,
    type: row['event_type'] as EventType,
    triggeredBy: row['triggered_by'] as string,
    data: parseJson(row['event_data'], 'workflow_events', String(row['id']), 'event_data'),
    at: row['timestamp'] as number,
    revision: row['revision'] as number,
    epoch: row['epoch'] as number,
  };
}

/** Values from workflow_id to timestamp. */
export function handoffValues(handoff: Handoff): Value[] {
  return [
    handoff.workflowId,
    handoff.number,
    handoff.fromRole,
    handoff.toRole ?? null,
    handoff.fromState,
    handoff.toState,
    jsonText(handoff.data),
    handoff.at,
  ];
}

/** Values from workflow_id to epoch. */
export function eventValues(event: WorkflowEvent): Value[] {
  return [
    event.workflowId,
    event.sequence,
    event.type,
    event.triggeredBy,
    JSON.stringify(event.data),
    event.at,
    event.revision,
    event.epoch,
  ];
}

/** @param row `request_id`, `digest` and `body` of a reply. */
export function toReply(row: Row, workflowId: string): StoredReply {
  const requestId = row['request_id'] as string;
  const key = `${workflowId} ${requestId}`;
  return {
    requestId,
    digest: row['digest'] as string,
    body: parseJson(row['body'], 'workflow_replies', key, 'body'),
  };
}
