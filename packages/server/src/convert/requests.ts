import type {
  AdvanceRequest,
  DefinitionRequest,
  JsonObject,
  ListRequest,
  PageRequest,
  RequestRetryRequest,
  RollbackRequest,
  StartRequest,
  WatchRequest,
} from '@baton/core';
import type * as wire from '@baton/proto';
import { toNotes } from './reports.ts';
import { milliseconds } from './time.ts';
import { toBudgets, toUsage } from './usage.ts';
import type { Whole } from './wire.ts';

/** Wire requests as core has them. Core validates: nothing is checked here that it can check. */

export function toStart(request: wire.StartWorkflowRequest): Whole<StartRequest> {
  const { definition, timeout } = request;
  return {
    projectId: request.projectId,
    buildId: request.buildId,
    userId: request.userId,
    // Core refuses a request that leaves it out.
    requirements: request.requirements as JsonObject,
    metadata: request.metadata,
    definition: definition && { name: definition.name, version: definition.version },
    timeoutSeconds: timeout && milliseconds(timeout, 'timeout') / 1000,
    maxRetries: request.maxRetries,
    budgets: toBudgets(request.budgets),
    requestId: request.requestId,
  };
}

export function toAdvance(request: wire.AdvanceWorkflowRequest): Whole<AdvanceRequest> {
  return {
    workflowId: request.workflowId,
    role: request.role,
    completedState: request.completedState,
    result: request.result,
    nextState: request.nextState,
    checkpoint: toCheckpoint(request.checkpoint),
    usage: toUsage(request.usage),
    notes: toNotes(request.notes),
    requestId: request.requestId,
    expectedRevision: request.expectedRevision,
    expectedEpoch: request.expectedEpoch,
    claimToken: request.claimToken,
  };
}

export function toRequestRetry(request: wire.RequestRetryRequest): Whole<RequestRetryRequest> {
  return {
    workflowId: request.workflowId,
    reason: request.reason,
    details: request.details,
    requestedBy: request.requestedBy,
    targetState: request.targetState,
    checkpoint: toCheckpoint(request.checkpoint),
    budgets: toBudgets(request.budgets),
    timeoutSeconds: request.timeout && milliseconds(request.timeout, 'timeout') / 1000,
    usage: toUsage(request.usage),
    notes: toNotes(request.notes),
    requestId: request.requestId,
    expectedRevision: request.expectedRevision,
    expectedEpoch: request.expectedEpoch,
    claimToken: request.claimToken,
  };
}

export function toRollback(request: wire.RollbackWorkflowRequest): Whole<RollbackRequest> {
  return {
    workflowId: request.workflowId,
    targetState: request.targetState,
    reason: request.reason,
    rolledBackBy: request.rolledBackBy,
    requestId: request.requestId,
    expectedRevision: request.expectedRevision,
    expectedEpoch: request.expectedEpoch,
    claimToken: request.claimToken,
  };
}

export function toPage(request: wire.GetWorkflowHistoryRequest): Whole<PageRequest> {
  return {
    workflowId: request.workflowId,
    pageSize: request.pageSize,
    pageToken: toPageToken(request.pageToken),
  };
}

export function toList(request: wire.ListWorkflowsRequest): Whole<ListRequest> {
  return {
    projectId: request.projectId,
    state: request.state,
    role: request.role,
    pageSize: request.pageSize,
    pageToken: toPageToken(request.pageToken),
  };
}

export function toWatch(request: wire.WatchWorkflowRequest): Whole<WatchRequest> {
  return {
    workflowId: request.workflowId,
    afterSequence: request.afterSequence,
    follow: request.follow,
  };
}

export function toDefinition(request: wire.GetDefinitionRequest): Whole<DefinitionRequest> {
  return { name: request.name, version: request.version };
}

function toCheckpoint(checkpoint: wire.Checkpoint | undefined): AdvanceRequest['checkpoint'] {
  return checkpoint && { commit: checkpoint.commit, digest: checkpoint.digest };
}

/** Callers without field presence send the empty token of a last page as an empty one. */
function toPageToken(token: string | undefined): string | undefined {
  return token === '' ? undefined : token;
}
