import type { WorkflowStore } from '@baton/core';
import type { Candidate } from '../sample.ts';

/** A database of the benchmark's own. */
export interface Backend {
  readonly name: string;
  /** A store on it, which its caller closes. */
  open(): Promise<WorkflowStore>;
  /** For another process to open. */
  url(): string;
  /** Forgets everything. */
  clear(): Promise<void>;
  /** The same writes by the driver alone, for so many builds at once. */
  floors(atOnce: number, builds: number): Promise<readonly Candidate[]>;
  /** Counts round trips at the wire; absent where there is no wire. */
  readonly wire?: {
    open(): Promise<WorkflowStore>;
    readonly roundTrips: () => number;
  };
  destroy(): Promise<void>;
}
