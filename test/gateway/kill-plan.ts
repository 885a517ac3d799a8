/** Where a process with a model gateway may die, seen from one call. */
export const KILL_POINTS = [
  'before commit',
  'after commit',
  'before reservation',
  'after reservation',
  'in the answer',
  'before settlement',
  'after settlement',
] as const;

export type KillPoint = (typeof KILL_POINTS)[number];

/** What one process that carries a build on is told. */
export interface KillPlan {
  /** Of the state of the build; absolute. */
  readonly folder: string;
  /** Of the provider. */
  readonly baseUrl: string;
  readonly seed: number;
  /** What the build may use at most. */
  readonly budgets: { readonly tokens: number; readonly cost?: number };
  /** What one attempt sets aside; absent: all that is left. */
  readonly reserve?: { readonly tokens: number };
  /** Where it dies, and which time it is there; absent: nowhere. */
  readonly kill?: { readonly point: KillPoint; readonly nth: number };
}

/** Per million tokens: sums of such costs have hardly a rounding error. */
export const PRICE = { input: 1, output: 8 };
