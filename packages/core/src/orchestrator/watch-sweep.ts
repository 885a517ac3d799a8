import type { Clock, Dispatcher } from '../ports/runtime.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import type { Notifier } from './notifier.ts';

/*
 * Wakes watchers whose workflow may have new events. Commits of this process and the dispatcher's hints wake
 * them at once; what these do not tell of is found by one look for all of them, however many there are.
 */

/** What wakes the watchers of this process. */
export interface WatchSweep {
  /** Begins to wake a watcher. */
  open(workflowId: string): Waker;
}

/** Tells one watcher that it should read on. */
interface Waker {
  /** Before reading: what is committed from now on is not waited for. */
  arm(): void;
  /**
   * Resolves when there may be other events than the first `after`, or when `signal` aborts.
   * Something that happened since `arm` counts.
   */
  wait(after: number, signal: AbortSignal | undefined): Promise<void>;
  close(): void;
}

interface Sleeper {
  readonly after: number;
  wake(): void;
}

/** Workflows that are asked for in one query. */
const PORTION = 1000;

export function createWatchSweep({
  store,
  notifier,
  clock,
  dispatcher,
  everyMs,
}: {
  readonly store: Pick<WorkflowStore, 'readSequences'>;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly dispatcher: Dispatcher | undefined;
  readonly everyMs: number;
}): WatchSweep {
  const sleepers = new Map<string, Set<Sleeper>>();
  let stop: (() => void) | undefined;

  function start(): void {
    let isOver = false;
    const unsubscribe = dispatcher?.subscribe(({ workflowId }) => wakeAll(workflowId));
    const again = (): (() => void) =>
      clock.schedule(everyMs, () => {
        void look().then(() => {
          if (!isOver) cancel = again();
        });
      });
    let cancel = again();
    stop = () => {
      isOver = true;
      cancel();
      unsubscribe?.();
    };
  }

  async function look(): Promise<void> {
    const ids = [...sleepers.keys()];
    for (let first = 0; first < ids.length; first += PORTION) {
      const portion = ids.slice(first, first + PORTION);
      // While the store is away there is nothing to tell. The next look may find more.
      const found = await store.readSequences(portion).catch(() => undefined);
      if (found === undefined) return;
      for (const id of portion) {
        for (const sleeper of sleepers.get(id) ?? []) {
          // One that has fewer than were seen has lost some, which the watcher has to say.
          if (found.get(id) !== sleeper.after) sleeper.wake();
        }
      }
    }
  }

  function wakeAll(workflowId: string): void {
    for (const sleeper of [...(sleepers.get(workflowId) ?? [])]) sleeper.wake();
  }

  function sleep(workflowId: string, sleeper: Sleeper): void {
    const others = sleepers.get(workflowId) ?? new Set();
    sleepers.set(workflowId, others.add(sleeper));
    if (stop === undefined) start();
  }

  function leave(workflowId: string, sleeper: Sleeper): void {
    const others = sleepers.get(workflowId);
    others?.delete(sleeper);
    if (others?.size === 0) sleepers.delete(workflowId);
    if (sleepers.size > 0) return;
    stop?.();
    stop = undefined;
  }

  return {
    open(workflowId) {
      let wasWoken = false;
      let wake = (): void => {
        wasWoken = true;
      };
      const asleep = wake;
      const forget = notifier.onCommit(workflowId, () => wake());
      return {
        arm() {
          wasWoken = false;
        },
        wait(after, signal) {
          if (wasWoken || signal?.aborted) return Promise.resolve();
          return new Promise((resolve) => {
            const end = (): void => {
              wake = asleep;
              leave(workflowId, sleeper);
              signal?.removeEventListener('abort', end);
              resolve();
            };
            const sleeper = { after, wake: end };
            wake = end;
            sleep(workflowId, sleeper);
            signal?.addEventListener('abort', end, { once: true });
          });
        },
        close: forget,
      };
    },
  };
}
