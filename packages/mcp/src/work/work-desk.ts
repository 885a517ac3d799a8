import type { Assignment, BatonError, Outcome, Principal } from '@baton/core';

/** What a client can perform. */
export interface WorkWanted {
  readonly roles: readonly string[];
  /** Only of this build; absent: of any. */
  readonly workflowId: string | undefined;
  readonly worker: string;
  readonly principal: Principal;
}

/** An assignment that a client performs. */
export interface TakenWork {
  /** Names this attempt, and is the right to report on it. */
  readonly workId: string;
  readonly assignment: Assignment;
  /** Absolute path of the folder to work in; absent: there are no files here. */
  readonly folder: string | undefined;
}

export interface SubmittedWork {
  /**
   * `handed_over`: it was taken. `checking`: checks still run, and wait_for_change says what comes of them.
   * `refused`: correct it and submit again.
   */
  readonly kind: 'handed_over' | 'checking' | 'refused';
  /** Why it was refused. */
  readonly reasons: readonly string[];
}

/**
 * Gives assignments to clients that perform roles, and takes what comes of them: under a claim, whose token is
 * the fence. A method other than `take` throws `stale_claim` when the attempt is over.
 */
export interface WorkDesk {
  /** Takes work, the longest waiting first; undefined: there is none now. */
  take(wanted: WorkWanted): Promise<TakenWork | undefined>;
  /** The assignment again. Keeps the claim. */
  read(workId: string): Promise<TakenWork>;
  /** Tells watchers how the work goes. Keeps the claim. */
  report(workId: string, messages: readonly string[]): Promise<void>;
  submit(workId: string, outcome: Outcome): Promise<SubmittedWork>;
  /** Gives up work that was taken: others may take it at once. */
  giveBack(workId: string): Promise<void>;
  /** Ends what was taken and not submitted, when the clients are gone: it can be tried again. */
  close(): Promise<void>;
}

/** Why an outcome was refused, with the paths of the fields. */
export function reasonsOf({ message, violations }: BatonError): readonly string[] {
  if (violations.length === 0) return [message];
  return violations.map(({ field, description }) =>
    field === '' ? description : `${field}: ${description}`,
  );
}
