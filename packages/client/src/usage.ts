/** What work uses, and what it may use. The same names and units as the embedded orchestrator's. */

/** What model calls used. */
export interface Usage {
  /** Model calls. */
  readonly requests: number;
  /** Tokens read, the cached ones included. */
  readonly inputTokens: number;
  /** The part of `inputTokens` that came from the provider's cache. */
  readonly cachedInputTokens: number;
  /** Tokens written, the reasoning included. */
  readonly outputTokens: number;
  /** The part of `outputTokens` that was reasoning. */
  readonly reasoningTokens: number;
  /** What the requests with a known price cost, in the currency of the price table. */
  readonly cost: number;
  /** Requests whose price is not known: with any, `cost` is less than what was spent. */
  readonly unpricedRequests: number;
}

/** What a phase has used so far, over all attempts. */
export interface PhaseUsage extends Usage {
  /** Time under claims, in milliseconds. */
  readonly durationMs: number;
  /** Set aside for attempts that ended without a word; it counts against the caps. */
  readonly unsettledTokens: number;
  readonly unsettledCost: number;
}

/** A cap on what may be used. What is left out has no cap. */
export interface Budget {
  /** Input and output tokens together. */
  readonly tokens?: number | undefined;
  /** In the currency of the price table. */
  readonly cost?: number | undefined;
  /** Time under claims, in milliseconds; waiting for people and for workers is free. */
  readonly wallMs?: number | undefined;
}

/** The caps that a workflow runs under. */
export interface Budgets extends Budget {
  /** Caps of single phases, by name. */
  readonly phases?: Readonly<Record<string, Budget>> | undefined;
}

/** What one attempt may use at most. What is left out has no cap. */
export interface Allowance {
  readonly tokens?: number;
  readonly cost?: number;
}
