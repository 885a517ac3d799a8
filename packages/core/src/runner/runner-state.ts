import type { Aborting } from './aborting.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/** What the attempts of a runner share. */
export interface RunnerState {
  readonly options: ResolvedRunnerOptions;
  readonly heartbeats: Heartbeats;
  /** Aborts when the runner takes no more work. */
  readonly stopping: AbortSignal;
  /** Aborts when work under way ends, too. */
  readonly aborting: Aborting;
}
