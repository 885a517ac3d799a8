import type { JsonObject } from './json.ts';
import type { AnsweredQuestion } from './people.ts';
import type { Checkpoint, Principal } from './requests.ts';
import type { Allowance } from './usage.ts';
import type { Role, State } from './vocabulary.ts';

/** What a runner is given. Times are milliseconds since the Unix epoch. */

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

/** Work that a runner may take: a phase to claim and perform, or a handoff to accept. */
export interface AvailableWork {
  readonly workflowId: string;
  readonly state: State;
  readonly role: Role;
  readonly kind: 'phase' | 'handoff';
  readonly revision: number;
}

/** Why work came back, for the role that has to do it again. */
export interface Feedback {
  readonly reason: string;
  /** Raw material such as the failing output. */
  readonly details: string | undefined;
  readonly fromState: State;
  readonly fromRole: string;
  readonly at: number;
}

/** What the current state asks of its role. */
export interface Assignment {
  readonly workflowId: string;
  readonly buildId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly definition: { readonly name: string; readonly version: number };
  /** The phase to perform. */
  readonly state: State;
  readonly role: Role;
  readonly epoch: number;
  /** From 1: which claim of this assignment this is. */
  readonly attempt: number;
  readonly instructions: string;
  readonly requirements: JsonObject;
  readonly metadata: JsonObject;
  /** Accepted outputs of the phases before, by phase. */
  readonly inputs: Readonly<Record<string, JsonObject>>;
  /** Why the work came back; absent the first time. */
  readonly feedback: Feedback | undefined;
  /** What people answered to the questions of this build so far. */
  readonly answers: readonly AnsweredQuestion[];
  /** What this attempt may use at most; absent where nothing is capped. */
  readonly allowance: Allowance | undefined;
  /** JSON Schema (2020-12) of the output. */
  readonly outputSchema: JsonObject;
  /** The gates that the output must pass, by name. */
  readonly gates: Readonly<Record<string, string>>;
  /** The workspace as the role finds it; absent before the first checkpoint. */
  readonly checkpoint: Checkpoint | undefined;
  /** Work past it is thrown away. */
  readonly deadline: number;
}

export interface ClaimedAssignment {
  readonly claim: Claim;
  readonly assignment: Assignment;
}
