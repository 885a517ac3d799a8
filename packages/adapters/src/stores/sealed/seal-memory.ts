/** A sealed revision of a workflow that was committed. */
export interface SealedRevision {
  readonly revision: number;
  /** The number of its newest event, and of its newest handoff. */
  readonly sequence: number;
  readonly handoffs: number;
  readonly seal: string;
}

/**
 * Remembers, outside of the store, what was committed: an older copy of a store is well sealed, and only
 * who remembers more can tell. It may lag behind the store, for it is told after each commit; what it
 * lags by is all that can be taken back unnoticed.
 */
export interface SealMemory {
  /** The newest revision that it was told of. */
  recall(workflowId: string): SealedRevision | undefined;
  /** Every revision that it was told of, oldest first. */
  trail(workflowId: string): readonly SealedRevision[];
  remember(workflowId: string, revision: SealedRevision): void;
  /** Every workflow that it was told of. */
  workflowIds(): readonly string[];
}
