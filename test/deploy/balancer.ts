/** A balancer in front of the servers `one` and `two`. */
export interface Balancer {
  /** Resolves once it sends calls to both servers. */
  isUp(): Promise<void>;
  /** What it has counted, for people. */
  told(): Promise<readonly string[]>;
}
