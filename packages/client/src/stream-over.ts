import type { CallSettings } from './client-options.ts';

/** What the streams of a client have in common. */
export interface StreamOver {
  readonly settings: CallSettings;
  /** Aborts when the client is closed. Open streams then fail with an error. */
  readonly closed: AbortSignal;
  /** Leaves a connection that is dead, so that the next call makes another. */
  reconnect(): void;
}
