import type { Assignment } from '../model/assignment.ts';
import type { ClaimedAssignment } from '../model/views.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';
import { storableText } from './storable-text.ts';

/** Messages held while a report is on its way; of more, the oldest are dropped. */
const MOST_MESSAGES = 50;
const MESSAGE_CHARACTERS = 4096;

export interface ProgressReporter {
  progress(said: string): void;
  /** What is said after that is dropped. */
  end(): void;
}

/**
 * Tells the watchers of the workflow what its role says. One report is on its way at a time; one
 * that is lost is lost, for work must never wait for its watchers.
 */
export function createProgressReporter(
  { source, onReport }: ResolvedRunnerOptions,
  assignment: Assignment,
  claim: ClaimedAssignment['claim'],
): ProgressReporter {
  let waiting: string[] = [];
  let busy = false;

  async function flush(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      const messages = waiting;
      waiting = [];
      const { workflowId } = assignment;
      await source
        .reportProgress({ workflowId, claimToken: claim.token, messages })
        .catch(() => undefined);
    }
    busy = false;
  }

  let ended = false;
  return {
    progress(said) {
      // Hints are never the reason why work fails, whatever a role without types says.
      const message = storableText(String(said), MESSAGE_CHARACTERS);
      if (ended || message === '') return;
      onReport({ kind: 'progress', assignment, message });
      waiting = [...waiting, message].slice(-MOST_MESSAGES);
      if (!busy) void flush();
    },
    end() {
      ended = true;
    },
  };
}
