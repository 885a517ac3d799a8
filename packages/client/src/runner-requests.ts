import type { Account, Principal, Repeatable } from './requests.ts';
import type { Allowance } from './usage.ts';
import type { Role } from './vocabulary.ts';

/** What a runner asks and reports. The same names, units and defaults as the embedded orchestrator's. */

export interface ListClaimableRequest {
  readonly roles: readonly Role[];
  /** Only this workflow. */
  readonly workflowId?: string | undefined;
  /** 1 to 1000. Default 100. */
  readonly limit?: number | undefined;
}

export interface ClaimRequest {
  readonly workflowId: string;
  readonly worker: string;
  /** The roles that the worker can perform. */
  readonly roles: readonly Role[];
  /** How long the claim lasts without a renewal, in milliseconds, 1000 to 24 hours. */
  readonly leaseMs: number;
  /** The new claim's token; claiming twice with one token is one claim. Default: made up. */
  readonly token?: string | undefined;
  /** Which models take part, or that none does. Default: nothing is declared. */
  readonly principal?: Principal | undefined;
  /** What to set aside under the budgets, at most. Default: all that is left. */
  readonly reserve?: { readonly [K in keyof Allowance]?: Allowance[K] | undefined } | undefined;
  readonly expectedRevision?: number | undefined;
  readonly expectedEpoch?: number | undefined;
}

export interface RenewClaimRequest {
  readonly workflowId: string;
  readonly token: string;
  /** How long the claim lasts from now on, in milliseconds, 1000 to 24 hours. */
  readonly leaseMs: number;
}

export interface FailAttemptRequest extends Repeatable, Account {
  readonly workflowId: string;
  readonly claimToken: string;
  /** Why, as a code and in words; `cancelled` gives the assignment back and is not counted. */
  readonly code: string;
  readonly message: string;
  /** Whether another attempt can help; if not, the workflow goes to `error`. */
  readonly retryable: boolean;
  /** Wait before the next attempt, in milliseconds. Default 0. */
  readonly retryAfterMs?: number | undefined;
}

export interface AskRequest extends Repeatable, Account {
  readonly workflowId: string;
  readonly claimToken: string;
  /** 1 to 20; a question's choices are the answers to choose from, absent: any text. */
  readonly questions: readonly {
    readonly text: string;
    readonly choices?: readonly string[] | undefined;
  }[];
}

export interface ReportProgressRequest {
  readonly workflowId: string;
  readonly claimToken: string;
  /** 1 to 100, at most 4096 characters each. */
  readonly messages: readonly string[];
}
