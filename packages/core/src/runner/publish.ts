import type { Assignment } from '../model/assignment.ts';
import type { Checkpoint } from '../model/workflow.ts';
import type { Workspace } from '../ports/workspace.ts';
import { backoffMs, untilAborted } from '../waits.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/** Times that an attempt tries to publish its checkpoint: about four minutes by the default backoff. */
const MAX_TRIES = 10;

interface Published {
  readonly workspace: Workspace;
  readonly checkpoint: Checkpoint;
}

/**
 * Publishes the checkpoint of an attempt before its outcome is reported, so that the store never names files
 * that the next worker cannot get. While the place to publish in is away, it tries again: the work of the role
 * is done and worth the wait.
 *
 * @throws BatonError what the last try came to, or the reason of `signal`.
 */
export async function publish(
  { clock, backoff, random, errorOf, onReport }: ResolvedRunnerOptions,
  { workflowId, epoch, attempt }: Pick<Assignment, 'workflowId' | 'epoch' | 'attempt'>,
  { workspace, checkpoint }: Published,
  signal: AbortSignal,
): Promise<void> {
  const by = { epoch, attempt, signal };
  for (let tried = 1; ; tried++) {
    try {
      await untilAborted(() => workspace.publish?.(checkpoint, by), signal);
      return;
    } catch (reason) {
      const error = errorOf(reason);
      if (signal.aborted || !error.retryable || tried === MAX_TRIES) throw reason;
      onReport({ kind: 'trouble', workflowId, error });
      await clock.sleep(backoffMs(tried, backoff, random), signal);
    }
  }
}
