import type { Allowance, Budgets } from './budget.ts';
import type { JsonObject } from './json.ts';
import type { Performer, Principal } from './principal.ts';
import type { Question } from './question.ts';
import type { PhaseUsage } from './usage.ts';
import type { State } from './vocabulary.ts';

/** A recorded state of the workspace. */
export interface Checkpoint {
  /** Git commit that holds the tree. */
  readonly commit: string;
  /** Digest of the whole tree; equal digests mean equal files. */
  readonly digest: string;
}

/** The exclusive, time-limited right to perform the current assignment. */
export interface Claim {
  readonly worker: string;
  /** Fencing token: only its holder may report the outcome. */
  readonly token: string;
  readonly claimedAt: number;
  readonly expiresAt: number;
  readonly principal: Principal;
  /** What was set aside for this attempt under the budgets; absent where nothing is capped. */
  readonly reserved: Allowance | undefined;
  /** When the time cap of the phase ends the attempt; absent without one. */
  readonly endsAt: number | undefined;
}

/** An attempt whose claim ran out or was withdrawn: it may still say what it has used. */
export interface LostAttempt {
  readonly token: string;
  readonly worker: string;
  readonly phase: string;
  readonly attempt: number;
  /** What was set aside for it, and counts as used until it says what it has used. */
  readonly reserved: Allowance | undefined;
}

/** Why a workflow waits for a person. Its time limit stands still meanwhile. */
export type Awaiting =
  | { readonly kind: 'answers'; readonly since: number }
  | {
      readonly kind: 'approval';
      readonly since: number;
      /** The transition that needs the approval leads from the current state to this one. */
      readonly to: State;
      /** The role that has finished the state. */
      readonly role: string;
      /** Who may decide; empty: anybody who is not a role. */
      readonly approvers: readonly string[];
    };

/** A phase on the way that the workflow has taken to where it stands. */
export interface PhaseEntry {
  readonly phase: State;
  readonly enteredAt: number;
  /** The workspace at entry; absent before the first checkpoint was made. */
  readonly checkpoint: Checkpoint | undefined;
  /** Whose work is in that workspace; absent: it was entered before this was recorded. */
  readonly performers: WorkflowSnapshot['performers'] | undefined;
}

/** Why work came back, for the role that has to do it again. */
export interface Feedback {
  readonly reason: string;
  /** Raw material such as the failing output; may differ between equal runs. */
  readonly details: string | undefined;
  readonly fromState: State;
  readonly fromRole: string;
  readonly at: number;
}

/** Why a workflow waits in `error`. */
export interface Failure {
  /** The state in which it failed. */
  readonly state: State;
  /** The phase that a retry goes back to. */
  readonly phase: State;
  readonly code: string;
  readonly message: string;
  /** Raw material such as the failing output; a retry hands it on. */
  readonly details: string | undefined;
  readonly at: number;
}

/** Limits that a workflow keeps from its start. */
export interface WorkflowLimits {
  /** Milliseconds from start, retry out of `error` or rollback until the workflow times out. */
  readonly timeoutMs: number;
  /** Retry requests before the workflow goes to `error`. */
  readonly maxRetries: number;
  /** Times that one assignment may be claimed before the workflow goes to `error`. */
  readonly maxAttempts: number;
  /** Caps on what may be used; absent: none. */
  readonly budgets: Budgets | undefined;
}

/** Digests of what a workflow runs by, by part of its definition. */
export interface RuleDigests {
  readonly states: string;
  readonly gates: string;
  readonly outputs: string;
  readonly approvals: string;
  readonly separations: string;
}

/**
 * A workflow as of one revision. Immutable. Times are milliseconds since the Unix epoch. Every key is
 * always there, so that all snapshots have one hidden class.
 */
export interface WorkflowSnapshot {
  readonly id: string;
  readonly buildId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly definition: { readonly name: string; readonly version: number };
  /** The rules that it was changed by last; absent: it was begun before they were recorded. */
  readonly rules: RuleDigests | undefined;
  readonly state: string;
  /** The role that is to act (in a handoff state, the taker); absent in `error` and final states. */
  readonly role: string | undefined;
  /** From 1; every commit adds 1. */
  readonly revision: number;
  /**
   * Names the commit that made this revision, as no other is named: a store that forgot its last
   * commits may get the same revision twice. Absent: it was made before this was recorded.
   */
  readonly commitId: string | undefined;
  /** From 1; every retry and rollback adds 1. */
  readonly epoch: number;
  /** The number of the newest event. */
  readonly sequence: number;
  /** Handoffs written so far. */
  readonly handoffs: number;
  /** Retry requests counted against the budget. */
  readonly retries: number;
  /** Claims of the current assignment so far. */
  readonly attempt: number;
  /** The current assignment may not be claimed before this time. */
  readonly notBefore: number;
  readonly requirements: JsonObject;
  readonly metadata: JsonObject;
  readonly limits: WorkflowLimits;
  /** The phases on the way to here, oldest first; the last is the current or the failed one. */
  readonly path: readonly PhaseEntry[];
  /** Accepted outputs of the phases on the path. */
  readonly outputs: Readonly<Record<string, JsonObject>>;
  /** The workspace as the current assignment finds it. */
  readonly checkpoint: Checkpoint | undefined;
  readonly feedback: Feedback | undefined;
  readonly failure: Failure | undefined;
  /** Asked on the way here; those without an answer are open. */
  readonly questions: readonly Question[];
  /** Questions asked ever, those that were withdrawn included. */
  readonly questionsAsked: number;
  readonly awaiting: Awaiting | undefined;
  /** What each phase has used so far, over all attempts, withdrawn ones included. */
  readonly usage: Readonly<Record<string, PhaseUsage>>;
  /** By phase, who has worked under a claim on what is in the workspace. */
  readonly performers: Readonly<Record<string, readonly Performer[]>>;
  readonly claim: Claim | undefined;
  /** The newest last, a few at most; absent where no report is owed. */
  readonly lostAttempts: readonly LostAttempt[] | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When the current state was entered. */
  readonly enteredAt: number;
  /** When the workflow times out. */
  readonly deadline: number;
  readonly completedAt: number | undefined;
  /**
   * What a store that seals its records adds to find out strangers' writes; it takes it off again when
   * it reads. Absent everywhere else: no other code looks at it.
   */
  readonly seal: string | undefined;
}
