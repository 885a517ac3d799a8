/** A sealed revision of a workflow that was committed. */
export interface SealedRevision {
  readonly revision: number;
  /** The numbers of its newest event and handoff. */
  readonly sequence: number;
  readonly handoffs: number;
  readonly seal: string;
}

/**
 * Remembers commits outside of the store: the seals of an older copy of a store are valid, so only a newer
 * memory reveals it. It is told after each commit and may lag behind the store; only what it lags by can be
 * reverted unnoticed.
 */
export interface SealMemory {
  /** The newest revision. */
  recall(workflowId: string): SealedRevision | undefined;
  /** All revisions, oldest first. */
  trail(workflowId: string): readonly SealedRevision[];
  remember(workflowId: string, revision: SealedRevision): void;
  /** The ids of all workflows. */
  workflowIds(): readonly string[];
}
