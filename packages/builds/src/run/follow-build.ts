import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError, type WorkflowStatus } from '@baton/core';
import type { Operations } from '../operations/operations.ts';
import type { BuildObserver } from './build-observer.ts';
import type { People } from './people.ts';

/** How long to wait before the trail is read on. */
const RECONNECT_MS = 1000;

export interface BuildToFollow {
  readonly operations: Operations;
  /** Events up to this one are known. */
  readonly status: WorkflowStatus;
  readonly observer: BuildObserver;
  /** Who is asked when the build waits for a person; absent: nobody is here. */
  readonly people: People | undefined;
}

/**
 * Reads the trail until the build is complete, waits in `error`, or waits for a person while nobody
 * is here. A store that is away for a while does not end it.
 *
 * @param leave called when the person who is here has left.
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
        await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  } finally {
    people?.dispose();
  }
}

/** @param seen the last event that the observer has heard of. */
async function followFrom(
  { operations, status, observer, people }: BuildToFollow,
  seen: { sequence: number },
  signal: AbortSignal,
  leave: () => void,
): Promise<void> {
  const { workflowId } = status;
  /** Whether the build stands still where the trail has been read to. */
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
