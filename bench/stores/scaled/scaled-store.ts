import type { Commit, WorkflowStore } from '@baton/core';

/** A server, or a folder, that keeps projects of different sizes apart, each in a place of its own. */
export interface ScaledStore {
  readonly name: string;
  /** A store in that place, which its caller closes. */
  open(place: string): Promise<WorkflowStore>;
  /** Writes many new workflows at once, as `create` of the store would have left them. */
  load(place: string, creates: readonly Commit[]): Promise<void>;
  /** What the server would do by itself in time, between loading and reading. */
  settle(place: string): Promise<void>;
  /** All that is kept there as text, in an order of its own. */
  dump(place: string): Promise<readonly string[]>;
  destroy(): Promise<void>;
}
