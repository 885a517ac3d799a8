import { BatonError } from '../../model/errors.ts';
import type { WorkflowStore } from '../../ports/workflow-store.ts';

/**
 * How a connection breaks, which its user cannot tell apart: before the request arrived, or after
 * it was carried out.
 */
export const FAULTS = ['request lost', 'answer lost'] as const;

export type Fault = (typeof FAULTS)[number];

/** A store whose next write breaks off, once, when it is told to. */
export interface FaultyStore {
  readonly store: WorkflowStore;
  breakNext(fault: Fault): void;
}

export function faultyStore(store: WorkflowStore): FaultyStore {
  let next: Fault | undefined;

  async function breakable<T>(write: () => Promise<T>): Promise<T> {
    const fault = next;
    next = undefined;
    if (fault === undefined) return write();
    if (fault === 'answer lost') await write();
    throw new BatonError('unavailable', `the connection broke: ${fault}`);
  }

  return {
    breakNext(fault) {
      next = fault;
    },
    store: {
      capabilities: store.capabilities,
      create: (commit) => breakable(() => store.create(commit)),
      restore: (record) => breakable(() => store.restore(record)),
      commit: (batch) => breakable(() => store.commit(batch)),
      renewClaim: (renewal) => breakable(() => store.renewClaim(renewal)),
      load: (workflowId, requestId) => store.load(workflowId, requestId),
      listClaimable: (query) => store.listClaimable(query),
      listOverdue: (query) => store.listOverdue(query),
      takeLease: (lease) => store.takeLease(lease),
      takePermits: (request) => store.takePermits(request),
      returnPermits: (holder, names) => store.returnPermits(holder, names),
      listWorkflows: (query) => store.listWorkflows(query),
      listNames: (query) => store.listNames(query),
      readHandoffs: (query) => store.readHandoffs(query),
      readEvents: (query) => store.readEvents(query),
      readReplies: (query) => store.readReplies(query),
      readSequences: (workflowIds) => store.readSequences(workflowIds),
      readUsage: (query) => store.readUsage(query),
      readStats: (projectId) => store.readStats(projectId),
      listProjects: (query) => store.listProjects(query),
      close: () => store.close(),
    },
  };
}
