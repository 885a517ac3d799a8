import type { BatonError } from '@baton/client';
import type { Progress, WorkflowEvent } from '@baton/core/api';
import { useEffect, useState } from 'react';
import { returns, tellSource } from './connection.ts';
import { heed } from './query-client.ts';
import { client, session } from './session.ts';
import { useStore } from './store.ts';

/** What is known of a workflow by watching it. */
export interface Watched {
  readonly events: readonly WorkflowEvent[];
  /** What roles have said lately, newest last; not kept by the server. */
  readonly progress: readonly Progress[];
  /** Whether everything that was written so far has come. */
  readonly isRead: boolean;
  readonly error: BatonError | undefined;
}

const NOTHING: Watched = { events: [], progress: [], isRead: false, error: undefined };
/** Events come in bursts: a page shows them together. */
const TOGETHER_MS = 60;
/** How long events are taken in before the page may be drawn. */
const TURN_MS = 8;
const MOST_PROGRESS = 500;
const AGAIN_MS = 1_000;

/** Watches a workflow from its first event on, over cut connections, without a gap and with nothing twice. */
export function useWatch(workflowId: string): Watched {
  const [watched, setWatched] = useState(NOTHING);
  const { key, asking } = useStore(session);
  // Without a key that does, nothing is asked for; with another one it begins again.
  const isAsking = asking !== undefined;
  useEffect(() => {
    if (isAsking) return;
    void key;
    setWatched(NOTHING);
    return watchInto(workflowId, (patch) => setWatched((before) => ({ ...before, ...patch })));
  }, [workflowId, key, isAsking]);
  return watched;
}

/** @returns what ends it. */
function watchInto(workflowId: string, tell: (patch: Partial<Watched>) => void): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  let opened = new AbortController();
  const forget = returns.subscribe(() => opened.abort());
  const source = `watch ${workflowId}`;
  let events: WorkflowEvent[] = [];
  let progress: Progress[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    if (!signal.aborted) tell({ events, progress, isRead: true });
  };
  let isShown = false;
  const soon = () => {
    // What comes first is shown at once.
    timer ??= setTimeout(flush, isShown ? TOGETHER_MS : 0);
    isShown = true;
  };
  const listen = async () => {
    for (;;) {
      opened = new AbortController();
      try {
        const afterSequence = events.at(-1)?.sequence ?? 0;
        const onProgress = (one: Progress) => {
          progress = [...progress.slice(-MOST_PROGRESS), one];
          soon();
        };
        tellSource(source, 'heard');
        let turnAt = performance.now();
        for await (const event of client().watch(
          { workflowId, afterSequence },
          AbortSignal.any([signal, opened.signal]),
          onProgress,
        )) {
          tellSource(source, 'heard');
          // A copy only once a burst: ten thousand events come one by one.
          if (timer === undefined) {
            events = events.slice();
            turnAt = performance.now();
          }
          events.push(event);
          soon();
          // A long trail comes in pieces of thousands, each of which is one task: the page is drawn in between.
          if (performance.now() - turnAt < TURN_MS) continue;
          await pause();
          turnAt = performance.now();
        }
        // Aborted, it ends as if the workflow had.
        if (opened.signal.aborted && !signal.aborted) continue;
        tellSource(source, 'gone');
        flush();
        return;
      } catch (reason) {
        if (signal.aborted) return;
        if (opened.signal.aborted) continue;
        const error = heed(reason);
        if (error.code !== 'unavailable' && error.code !== 'deadline_exceeded') {
          tellSource(source, 'gone');
          tell({ error, isRead: true });
          return;
        }
        tellSource(source, 'lost');
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        if (signal.aborted) return;
      }
    }
  };
  void listen();
  return () => {
    ended.abort();
    forget();
    clearTimeout(timer);
    tellSource(source, 'gone');
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
