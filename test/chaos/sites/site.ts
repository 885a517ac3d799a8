import type { WorkflowStore } from '@baton/core';
import type { History } from '../history.ts';
import type { Fault, FaultKind } from '../plan.ts';
import type { Random } from '../random.ts';
import type { Setback } from '../setbacks.ts';

/** A store of its own, with clients at work on it and somebody who breaks things. */
export interface Site {
  /** What can happen here. */
  readonly faults: readonly FaultKind[];
  /** What a store that forgets did so far; it is saved whenever clients are set to work. */
  readonly setbacks?: readonly Setback[];
  /** A handle for whoever looks on; the line to it is not cut. */
  readonly store: WorkflowStore;
  /** Sets clients to work. */
  begin(work: Work): Promise<Crew>;
  /** Makes `fault` happen; resolves when it has passed. */
  strike(fault: Fault, random: Random): Promise<void>;
  /**
   * Damages the store as no store survives without loss, and says what is then wrong but for the
   * loss. Nothing can be done here afterwards.
   */
  ruin?(random: Random): Promise<readonly string[]>;
  destroy(): Promise<void>;
}

export interface Work {
  /** Unique in a run: clients are named by it. */
  readonly name: string;
  readonly random: Random;
  readonly workflows: readonly string[];
  readonly record: History['record'];
}

export interface Crew {
  /** Ends the work; resolves when every client has its last answer. */
  stop(): Promise<void>;
}
