import type { WorkflowStatus } from '@baton/core';

/** The person at the terminal of this process. */
export interface People {
  /**
   * Tells how the build stands. While it waits for a person, this one is asked; what was asked
   * before and is settled by now is not asked any longer.
   *
   * @param left called when this person cannot or will not answer.
   */
  look(status: WorkflowStatus, left: () => void): void;
  /** Asks nothing any more. */
  dispose(): void;
}
