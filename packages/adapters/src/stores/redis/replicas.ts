/**
 * Replicas that must have a commit before it is acknowledged (Redis' WAIT), so that it survives a failover to
 * one of them. While fewer of them answer, the store is unavailable, also for reads of workflows.
 */
export interface Replicas {
  /** Number of replicas, 1 to 100. To be safe, all that may be promoted. */
  readonly acknowledge: number;
  /** Milliseconds to wait for them, less than `commandTimeoutMs`. Default 1,000. */
  readonly timeoutMs?: number | undefined;
}
