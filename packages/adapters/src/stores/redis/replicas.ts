/**
 * Replicas that must have a commit before it is acknowledged (Redis' WAIT), so that it survives the
 * failover to one of them. While fewer answer, the store is unavailable, for reads of workflows too.
 */
export interface Replicas {
  /** How many: all that may be promoted, to be sure. 1 to 100. */
  readonly acknowledge: number;
  /** Milliseconds to wait for them; less than `commandTimeoutMs`. Default 1,000. */
  readonly timeoutMs?: number | undefined;
}
