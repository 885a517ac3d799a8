/** Tells runners that there may be work. A hint: a lost one costs latency, never work. */
export interface Dispatcher {
  announce(hint: WorkHint): void;
  /** Calls `listener` for every hint until the returned function is called. */
  subscribe(listener: (hint: WorkHint) => void): () => void;
}

export interface WorkHint {
  readonly workflowId: string;
  /** The role that is to act. */
  readonly role: string;
}
