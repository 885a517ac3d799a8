import type { BuildObserver, BuildResult } from '@baton/builds';

/** Shows a build: how it goes, and how its performance ended. */
export interface BuildView extends Required<BuildObserver> {
  /** An interrupt was heard: what is under way is given back. */
  interrupted(): void;
  ended(result: BuildResult): void;
  /** Clears what would stand in the way of other output. */
  dispose(): void;
}
