import type { ListRequest, Orchestrator, PageRequest } from '@baton/core';
import {
  type Handoff,
  HandoffSchema,
  type WorkflowStatus,
  WorkflowStatusSchema,
} from '@baton/proto';
import { fromHandoff, fromStatus } from './convert/views.ts';
import { fitting } from './fitting.ts';

/** Pages that a client with the usual limit can receive, whatever is in them. */

export async function historyPage(
  orchestrator: Orchestrator,
  request: PageRequest,
): Promise<{ handoffs: Handoff[]; nextPageToken: string | undefined }> {
  const page = await orchestrator.history(request);
  const handoffs = page.handoffs.map(fromHandoff);
  const pageSize = fitting(HandoffSchema, handoffs);
  if (pageSize === handoffs.length) return { handoffs, nextPageToken: page.nextPageToken };
  // Only core knows the token of what follows.
  const { nextPageToken } = await orchestrator.history({ ...request, pageSize });
  return { handoffs: handoffs.slice(0, pageSize), nextPageToken };
}

export async function workflowPage(
  orchestrator: Orchestrator,
  request: ListRequest,
): Promise<{ workflows: WorkflowStatus[]; nextPageToken: string | undefined }> {
  const page = await orchestrator.list(request);
  const workflows = page.workflows.map(fromStatus);
  const pageSize = fitting(WorkflowStatusSchema, workflows);
  if (pageSize === workflows.length) return { workflows, nextPageToken: page.nextPageToken };
  // A workflow may have left the filter meanwhile: the shorter page is the one that counts.
  const shorter = await orchestrator.list({ ...request, pageSize });
  return { workflows: shorter.workflows.map(fromStatus), nextPageToken: shorter.nextPageToken };
}
