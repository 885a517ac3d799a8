import { tellSource } from './connection.ts';
import { session } from './session.ts';
import { createStore, type Store } from './store.ts';
import { type Watched, type WatchState, watchWorkflow } from './watch-workflow.ts';

/*
 * 1. A workflow is watched once, however many parts of a page show it.
 * 2. Only a watch that a page shows has a say in whether the page is live.
 * 3. One that no page shows is kept for a moment: for the page that is about to be opened, and for the way back.
 */

export const NOTHING: Watched = { events: [], progress: [], isRead: false, error: undefined };
const KEPT_MS = 3_000;

export interface SharedWatch {
  readonly watched: Store<Watched>;
  /**
   * Whether events up to one that another call has told of are still coming. Once all have come, later ones are news,
   * whichever call tells of them first.
   */
  isReading(upTo: number): boolean;
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

/** The watch of a workflow by the key of the session, if there is one. */
export function openWatchOf(workflowId: string): SharedWatch | undefined {
  return shared.get(nameOf(workflowId));
}

/** The same, opened where there is none. It ends by itself if no page comes to show it. */
export function watchOf(workflowId: string): SharedWatch {
  const name = nameOf(workflowId);
  const known = shared.get(name);
  // One that has failed is begun anew: the page that saw it fail has been left, or has another key.
  if (known !== undefined && known.watched.get().error === undefined) return known;
  const watched = createStore(NOTHING);
  const source = `watch ${name}`;
  let state: WatchState = 'heard';
  let users = 0;
  let timesTold = 0;
  let isWhole = false;
  const shown = Promise.withResolvers<void>();
  const end = watchWorkflow(
    workflowId,
    (patch) => {
      timesTold++;
      watched.set((before) => ({ ...before, ...patch }));
    },
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
    isReading(upTo) {
      const last = watched.get().events.at(-1)?.sequence ?? 0;
      // One that has ended has no more to say.
      isWhole ||= state === 'gone' || last >= upTo;
      // What is told first may be the beginning of a burst, whose rest comes before a person could read of it.
      return !isWhole && timesTold > 1;
    },
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
