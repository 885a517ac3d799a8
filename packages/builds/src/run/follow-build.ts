import { BatonError, type WorkflowStatus } from '@baton/core';
import { systemClock } from '@baton/core/internal';
import type { Operations } from '../operations/operations.ts';
import type { BuildObserver, People } from './build-observer.ts';

/** Wait before reading the trail again after an error. */
const RECONNECT_MS = 1000;

export interface BuildToFollow {
  readonly operations: Operations;
  /** The status to start from. Its events are known already. */
  readonly status: WorkflowStatus;
  readonly observer: BuildObserver;
  /** Asks the person at the terminal. Undefined when no person is present. */
  readonly people: People | undefined;
}

/**
 * Reads the trail until the build is complete, waits in `error`, or waits for a person while none is
 * present. It retries while the store is unavailable.
 *
 * @param leave called when the person at the terminal has left.
 */
export async function followBuild(
  build: BuildToFollow,
  signal: AbortSignal,
  leave: () => void,
): Promise<void> {
  const { status, observer, people } = build;
  const seen = { sequence: status.sequence };
  try {
    for (;;) {
      try {
        await followFrom(build, seen, signal, leave);
        return;
      } catch (reason) {
        const error = BatonError.from(reason);
        if (signal.aborted || !error.retryable || Date.now() > status.deadline) throw error;
        observer.troubled?.(error);
        await systemClock.sleep(RECONNECT_MS, signal);
      }
    }
  } finally {
    people?.dispose();
  }
}

/** @param seen the last event that the observer knows. */
async function followFrom(
  { operations, status, observer, people }: BuildToFollow,
  seen: { sequence: number },
  signal: AbortSignal,
  leave: () => void,
): Promise<void> {
  const { workflowId } = status;
  /** Whether every event has been read and the build waits in `error` or for an absent person. */
  const standsStill = async (): Promise<boolean> => {
    const now = await operations.status({ workflowId });
    if (now.sequence > seen.sequence) return false;
    if (now.state === 'error') return true;
    people?.look(now, leave);
    return people === undefined && now.awaiting !== undefined;
  };
  if (await standsStill()) return;
  const request = { workflowId, afterSequence: seen.sequence };
  for await (const event of operations.watch(request, signal)) {
    observer.happened?.(event);
    seen.sequence = event.sequence;
    if (await standsStill()) return;
  }
}
