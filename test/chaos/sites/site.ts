import type { WorkflowStore } from '@baton/core';
import type { History } from '../history.ts';
import type { Fault, FaultKind } from '../plan.ts';
import type { Random } from '../random.ts';
import type { Setback } from '../setbacks.ts';

/** A private store, with clients that use it and faults that can be injected. */
export interface Site {
  /** The faults that this site can inject. */
  readonly faults: readonly FaultKind[];
  /** The saves and losses of a store that forgets. Each `begin` saves it. */
  readonly setbacks?: readonly Setback[];
  /** A handle for the auditor. No fault cuts its connection. */
  readonly store: WorkflowStore;
  /** Starts clients. */
  begin(work: Work): Promise<Crew>;
  /** Injects `fault`. Resolves when it has passed. */
  strike(fault: Fault, random: Random): Promise<void>;
  /**
   * Damages the store so that it must lose data. Returns what is wrong besides the loss. The site is
   * unusable afterwards.
   */
  ruin?(random: Random): Promise<readonly string[]>;
  destroy(): Promise<void>;
}

export interface Work {
  /** Unique in a run, because it names the clients. */
  readonly name: string;
  readonly random: Random;
  readonly workflows: readonly string[];
  readonly record: History['record'];
}

export interface Crew {
  /** Stops the clients. Resolves when each has its last answer. */
  stop(): Promise<void>;
}
