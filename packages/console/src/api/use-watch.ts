import { useCallback, useRef, useSyncExternalStore } from 'react';
import { tellSource } from './connection.ts';
import { session } from './session.ts';
import { createStore, type Store, useStore } from './store.ts';
import { type Watched, type WatchState, watchWorkflow } from './watch-workflow.ts';

/*
 * 1. A workflow is watched once, however many parts of a page show it.
 * 2. Only a watch that a page shows has a say in whether the page is live.
 * 3. One that no page shows is kept for a moment: for the page that is about to be opened, and for the way back.
 */

const NOTHING: Watched = { events: [], progress: [], isRead: false, error: undefined };
const KEPT_MS = 3_000;

interface SharedWatch {
  readonly watched: Store<Watched>;
  enter(): void;
  leave(): void;
  /** Ends it if no page shows it and its key is not the one of the session any more. */
  endIfForeign(): void;
}

/** By whom a workflow is watched, and which. */
const shared = new Map<string, SharedWatch>();

function nameOf(workflowId: string): string {
  return JSON.stringify([session.get().key, workflowId]);
}

function watchOf(workflowId: string): SharedWatch {
  const name = nameOf(workflowId);
  const known = shared.get(name);
  // One that has failed is begun anew: the page that saw it fail has been left, or has another key.
  if (known !== undefined && known.watched.get().error === undefined) return known;
  const watched = createStore(NOTHING);
  const source = `watch ${name}`;
  let state: WatchState = 'heard';
  let users = 0;
  const shown = Promise.withResolvers<void>();
  const end = watchWorkflow(
    workflowId,
    (patch) => watched.set((before) => ({ ...before, ...patch })),
    (told) => {
      state = told;
      if (users > 0) tellSource(source, state);
    },
    shown.promise,
  );
  let timer: ReturnType<typeof setTimeout>;
  const drop = () => {
    clearTimeout(timer);
    if (shared.get(name) === watch) shared.delete(name);
    end();
    shown.resolve();
  };
  const forgetSoon = () => {
    timer = setTimeout(drop, KEPT_MS);
  };
  const watch: SharedWatch = {
    watched,
    enter() {
      clearTimeout(timer);
      users++;
      shown.resolve();
      tellSource(source, state);
    },
    leave() {
      users--;
      if (users > 0) return;
      tellSource(source, 'gone');
      forgetSoon();
      watch.endIfForeign();
    },
    endIfForeign() {
      const isForeign = session.get().asking !== undefined || nameOf(workflowId) !== name;
      if (users === 0 && isForeign) drop();
    },
  };
  forgetSoon();
  shared.set(name, watch);
  return watch;
}

// A key that is refused is asked for once: what still uses it would ask for it over the one that was given.
session.subscribe(() => {
  for (const watch of [...shared.values()]) watch.endIfForeign();
});

/** Begins to watch a workflow whose page is about to be opened. */
export function watchAhead(workflowId: string): void {
  if (session.get().asking === undefined) watchOf(workflowId);
}

/** What is known of a workflow, as it goes on. Without a key that does, it stays as it was. */
export function useWatch(workflowId: string): Watched {
  const { key, asking } = useStore(session);
  const isAsking = asking !== undefined;
  const last = useRef(NOTHING);
  const subscribe = useCallback(
    (listener: () => void) => {
      void key;
      if (isAsking) return () => undefined;
      const watch = watchOf(workflowId);
      watch.enter();
      const forget = watch.watched.subscribe(listener);
      return () => {
        forget();
        watch.leave();
      };
    },
    [workflowId, key, isAsking],
  );
  const watched = useSyncExternalStore(subscribe, () =>
    isAsking ? last.current : (shared.get(nameOf(workflowId))?.watched.get() ?? NOTHING),
  );
  last.current = watched;
  return watched;
}
