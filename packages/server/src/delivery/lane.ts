import { BatonError, type Clock } from '@baton/core';
import { backoffMs } from '@baton/core/waits';
import type { Run } from './deliver-workflow.ts';

/*
 * What one target has to be told in this process.
 *
 * 1. A workflow is in `running`, in `waiting`, under a timer, or in none of them; never in two.
 * 2. `again` holds workflows of `running` of which more became known meanwhile.
 * 3. While the target fails, one workflow at a time is tried, with pauses between.
 * 4. What does not fit is dropped: the sweep finds it again.
 */

/** Workflows of one target that are told of at once. */
const AT_ONCE = 8;
const MOST_WAITING = 10_000;
const PAUSE = { initialMs: 1000, maxMs: 60_000 };

export interface LaneOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly run: (workflowId: string) => Promise<Run>;
  /** Called with what a run rejects with. */
  readonly onError: (error: unknown) => void;
}

export interface Lane {
  /** There may be something to tell of the workflow. */
  enqueue(workflowId: string): void;
  /** Begins nothing more; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

export function createLane({ clock, random, run, onError }: LaneOptions): Lane {
  const waiting = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const timers = new Map<string, () => void>();
  let failures = 0;
  let resume: (() => void) | undefined;
  let stopped = false;

  function enqueue(workflowId: string): void {
    if (stopped) return;
    if (running.has(workflowId)) {
      again.add(workflowId);
      return;
    }
    if (waiting.size >= MOST_WAITING) return;
    timers.get(workflowId)?.();
    timers.delete(workflowId);
    waiting.add(workflowId);
    next();
  }

  function next(): void {
    while (!stopped && resume === undefined && running.size < (failures > 0 ? 1 : AT_ONCE)) {
      const [workflowId] = waiting;
      if (workflowId === undefined) return;
      waiting.delete(workflowId);
      running.set(workflowId, tell(workflowId));
    }
  }

  async function tell(workflowId: string): Promise<void> {
    try {
      const ended = await run(workflowId);
      if (ended.kind === 'later') wake(workflowId, ended.waitMs);
      if (ended.kind === 'later' && ended.failed) pause();
      else if (ended.kind === 'done' && ended.delivered) failures = 0;
    } catch (reason) {
      onError(reason);
      // The sweep brings it back. A store that is away is away for all; a record that is lost, for one.
      if (BatonError.from(reason).retryable) pause();
    } finally {
      running.delete(workflowId);
      if (again.delete(workflowId)) enqueue(workflowId);
      next();
    }
  }

  function wake(workflowId: string, waitMs: number): void {
    if (stopped || timers.size >= MOST_WAITING) return;
    const cancel = clock.schedule(waitMs, () => {
      timers.delete(workflowId);
      enqueue(workflowId);
    });
    timers.set(workflowId, cancel);
  }

  function pause(): void {
    if (stopped) return;
    failures++;
    resume?.();
    resume = clock.schedule(backoffMs(failures, PAUSE, random), () => {
      resume = undefined;
      next();
    });
  }

  return {
    enqueue,
    async stop() {
      stopped = true;
      resume?.();
      for (const cancel of timers.values()) cancel();
      await Promise.all(running.values());
    },
  };
}
