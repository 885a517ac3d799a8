/**
 * Why people are told of a build: it is complete, it failed and waits in `error`, it was cancelled, a role asks the user, or a move waits for an
 * approval.
 */
export const OCCASIONS = ['complete', 'error', 'cancelled', 'question', 'approval'] as const;

export type Occasion = (typeof OCCASIONS)[number];

/** What people are told of a build. Every text is masked, and holds no control characters but line ends. */
export interface Notice {
  /** Names it: the same however often it is told. 1 to 64 of letters, digits, `-` and `_`. */
  readonly id: string;
  readonly occasion: Occasion;
  readonly workflowId: string;
  readonly projectId: string;
  readonly buildId: string;
  /** Whose build it is. */
  readonly userId: string;
  /** When it happened, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** What happened, in one line. */
  readonly title: string;
  /** The particulars: a few lines. */
  readonly text: string;
  /** What can be done, by whom, and the command for it. Empty where nothing is wanted. */
  readonly actions: readonly NoticeAction[];
  /** Where more is to be seen; undefined: the server has no public address. */
  readonly link: string | undefined;
}

export interface NoticeAction {
  /** What it does, in a few words. */
  readonly label: string;
  /** To be typed in a shell. */
  readonly command: string;
}

/**
 * How it ended:
 * - `delivered`: it is on its way;
 * - `failed`: it may have been told or not, and is tried again, not before `retryAfterMs` have passed;
 * - `refused`: no try will ever do.
 */
export type NotifyResult =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Tells people of builds. It may be called again with the same notice, and at the same time with others. It has to end
 * within 15 seconds, and when the signal aborts; what it rejects with counts as `failed`.
 */
export interface Notifier {
  notify(notice: Notice, signal: AbortSignal): Promise<NotifyResult>;
}
