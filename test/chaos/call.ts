/** What a client asks of a workflow. Changes but claims carry a request id, claims a token. */
export type Action =
  | {
      readonly kind: 'advance';
      readonly requestId: string;
      readonly completedState: string;
      /** To `error` instead of on. */
      readonly givesUp: boolean;
      readonly expectedRevision?: number | undefined;
      readonly claimToken?: string | undefined;
      /** Takes what comes next in the same commit, under this token. */
      readonly takes?: { readonly token: string; readonly leaseMs: number } | undefined;
    }
  | {
      readonly kind: 'request retry';
      readonly requestId: string;
      readonly expectedRevision?: number | undefined;
    }
  | {
      readonly kind: 'rollback';
      readonly requestId: string;
      readonly targetState: string;
      readonly expectedRevision?: number | undefined;
    }
  | {
      readonly kind: 'cancel';
      readonly requestId: string;
      readonly expectedRevision?: number | undefined;
    }
  | { readonly kind: 'claim'; readonly token: string; readonly leaseMs: number }
  | { readonly kind: 'renew'; readonly token: string; readonly leaseMs: number }
  | { readonly kind: 'status' };

/** What an answer says, as far as it is compared. */
export type Answer = Readonly<Record<string, string | number | boolean | undefined>>;

export type Outcome =
  | { readonly kind: 'ok'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly code: string }
  /** No answer, or one that does not say whether it happened. */
  | { readonly kind: 'unknown'; readonly code: string };

/** One call of one client, as it saw it. */
export interface Call {
  readonly client: string;
  readonly workflowId: string;
  readonly action: Action;
  /** The orchestrator's time for this call, in milliseconds. */
  readonly now: number;
  /** Order of calls and answers, from a clock that all clients share and that only grows. */
  readonly calledAt: number;
  /** Infinity when the outcome is unknown. */
  readonly answeredAt: number;
  readonly outcome: Outcome;
}

/** Identifies a change in the audit trail, for every client and every repetition of the call. */
export function markOf(action: Action): string | undefined {
  if ('requestId' in action) return action.requestId;
  return action.kind === 'claim' ? action.token : undefined;
}
