import { useCallback, useRef, useSyncExternalStore } from 'react';
import { session } from './session.ts';
import { NOTHING, openWatchOf, watchOf } from './shared-watches.ts';
import { useStore } from './store.ts';
import type { Watched } from './watch-workflow.ts';

export interface Watch extends Watched {
  /** Whether events are still coming that were written before the page was opened; false where that is not known. */
  readonly isReading: boolean;
}

/**
 * What is known of a workflow, as it goes on. Without a key that does, it stays as it was.
 *
 * @param upTo the newest event that another call has told of; undefined: none has yet.
 */
export function useWatch(workflowId: string, upTo?: number): Watch {
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
    isAsking ? last.current : (openWatchOf(workflowId)?.watched.get() ?? NOTHING),
  );
  last.current = watched;
  const isReading = upTo !== undefined && openWatchOf(workflowId)?.isReading(upTo) === true;
  return { ...watched, isReading };
}
