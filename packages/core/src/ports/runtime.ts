import type { WorkflowEvent } from '../model/trail.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';

/** Where Baton gets the time from. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` after `ms` milliseconds, unless the returned function is called before. */
  schedule(ms: number, run: () => void): () => void;
}

/** Where Baton gets identifiers from. */
export interface IdGenerator {
  /**
   * The id of a new workflow. The same project and request id always give the same workflow id,
   * so that a repeated start finds the workflow that it started before.
   */
  workflowId(projectId: string, requestId: string | undefined): string;
  /** A fencing token that cannot be guessed. */
  claimToken(): string;
}

/** Called after each commit of this process. It is a hint: the store is the truth. */
export interface WorkflowListener {
  /** @param before the workflow as it was; undefined for one that begins. */
  onCommitted(
    snapshot: WorkflowSnapshot,
    events: readonly WorkflowEvent[],
    before: WorkflowSnapshot | undefined,
  ): void;
}

/** Tells those who wait for work, in other processes too, that there may be some. A hint: a lost one costs latency, never work. */
export interface Dispatcher {
  announce(hint: WorkHint): void;
  /** Calls `listener` for every hint until the returned function is called. */
  subscribe(listener: (hint: WorkHint) => void): () => void;
}

export interface WorkHint {
  readonly workflowId: string;
  /** The role that is to act; absent where a claim was withdrawn and there is no work. */
  readonly role?: string | undefined;
  /** The workflow's project and priority; absent where they are not known: then it has its turn by itself. */
  readonly projectId?: string | undefined;
  readonly priority?: number | undefined;
  /** Names the orchestrator whose commit it tells of: that one knows already. */
  readonly origin?: string | undefined;
}
