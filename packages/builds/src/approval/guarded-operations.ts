import type { WorkflowSnapshot, WorkflowStore } from '@baton/core';
import type { Operations } from '../operations/operations.ts';
import type { ApprovalTokens } from './approval-tokens.ts';

export interface Guard {
  readonly store: WorkflowStore;
  readonly tokens: ApprovalTokens;
  /** What the caller has been told; absent: nothing. */
  readonly token: string | undefined;
  /** Whether a run in this workspace has performed the build. */
  readonly wasRun: (workflowId: string) => boolean;
  /** The command that shows a token. */
  readonly showing: (workflowId: string) => string;
}

interface Change {
  readonly workflowId: string;
  readonly requestId?: string | undefined;
}

/**
 * The same operations; what a person decides, or hands on in a role's place, takes the build's token.
 * This holds for builds that `baton run` performs: its roles have processes of the same user, which can run
 * every command. A workflow that `baton start` began, and no run has performed, is its callers' own.
 */
export function guardedOperations(operations: Operations, guard: Guard): Operations {
  const { store, tokens, token, wasRun, showing } = guard;

  async function guarded<T extends Change, R>(
    request: T,
    change: (request: T) => Promise<R>,
  ): Promise<R> {
    const { workflowId, requestId } = request;
    const loaded = await store.load(workflowId, requestId);
    // A request that has its reply changes nothing when it is repeated, and its token may be spent.
    const isOpen = loaded === undefined || loaded.reply !== undefined;
    if (!isOpen && (isRun(loaded.snapshot) || wasRun(workflowId))) {
      const howToGet = `give the token with --token or BATON_APPROVAL_TOKEN; where the build was not begun with one of yours, this shows it at a terminal: ${showing(workflowId)}`;
      tokens.check(loaded.snapshot, token, howToGet);
    }
    return change(request);
  }

  return {
    ...operations,
    advance: (request) => guarded(request, operations.advance),
    requestRetry: (request) => guarded(request, operations.requestRetry),
    rollback: (request) => guarded(request, operations.rollback),
    cancel: (request) => guarded(request, operations.cancel),
    answerQuestion: (request) => guarded(request, operations.answerQuestion),
    decideApproval: (request) => guarded(request, operations.decideApproval),
  };
}

/** A run puts both into the metadata of what it begins, where they are sealed. */
function isRun({ metadata }: WorkflowSnapshot): boolean {
  return typeof metadata['workspace'] === 'string' && typeof metadata['host'] === 'string';
}
