import type { BatonError } from '@baton/client';
import type { Progress, WorkflowEvent } from '@baton/core/api';
import { returns } from './connection.ts';
import { heed } from './query-client.ts';
import { client } from './session.ts';
import { createTurn } from './turns.ts';

/** What is known of a workflow by watching it. */
export interface Watched {
  readonly events: readonly WorkflowEvent[];
  /** What roles have said lately, newest last; not kept by the server. */
  readonly progress: readonly Progress[];
  /** Whether the first of what was written so far has come. */
  readonly isRead: boolean;
  readonly error: BatonError | undefined;
}

/** How a watch stands: its server was heard, cannot be heard, or has no more to say. */
export type WatchState = 'heard' | 'lost' | 'gone';

/** Events come in bursts: a page shows them together. */
const TOGETHER_MS = 60;
const FIRST_EVENTS = 100;
/** How long a page takes to draw the first events: what comes behind them waits. */
const PICTURE_MS = 100;
const MOST_PROGRESS = 500;
const AGAIN_MS = 1_000;

/**
 * Watches a workflow from its first event on, over cut connections, without a gap and with nothing twice.
 *
 * @param shown resolves when a page shows it: until then it takes in the first events alone.
 * @returns what ends it.
 */
export function watchWorkflow(
  workflowId: string,
  tell: (patch: Partial<Watched>) => void,
  tellState: (state: WatchState) => void,
  shown: Promise<void>,
): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  let opened = new AbortController();
  const forget = returns.subscribe(() => opened.abort());
  let events: WorkflowEvent[] = [];
  let progress: Progress[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  // What a role says may come before the first event.
  const flush = (isRead = events.length > 0) => {
    timer = undefined;
    if (!signal.aborted) tell({ events, progress, isRead });
  };
  let isShown = false;
  let hasDrawn = false;
  const soon = () => {
    // What comes first is shown at once.
    timer ??= setTimeout(() => flush(), isShown ? TOGETHER_MS : 0);
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
        tellState('heard');
        const turn = createTurn();
        for await (const event of client().watch(
          { workflowId, afterSequence },
          AbortSignal.any([signal, opened.signal]),
          onProgress,
        )) {
          tellState('heard');
          // A copy only once a burst: ten thousand events come one by one.
          if (timer === undefined) {
            events = events.slice();
            turn.begin();
          }
          events.push(event);
          soon();
          // A long trail comes in pieces of thousands, each of which is one task: the page is drawn in between.
          // Those of a usual build are shown at once.
          if (events.length < FIRST_EVENTS || !turn.isOver()) continue;
          if (hasDrawn) {
            await turn.pass();
            continue;
          }
          // What comes behind stays with the server: to send and to receive it takes time from the picture.
          opened.abort();
          await shown;
          await turn.pass(PICTURE_MS);
          hasDrawn = true;
        }
        // Aborted, it ends as if the workflow had.
        if (opened.signal.aborted && !signal.aborted) continue;
        tellState('gone');
        flush(true);
        return;
      } catch (reason) {
        if (signal.aborted) return;
        if (opened.signal.aborted) continue;
        const error = heed(reason);
        if (error.code !== 'unavailable' && error.code !== 'deadline_exceeded') {
          tellState('gone');
          tell({ error, isRead: true });
          return;
        }
        tellState('lost');
        await pause(AGAIN_MS);
        if (signal.aborted) return;
      }
    }
  };
  void listen();
  return () => {
    ended.abort();
    forget();
    clearTimeout(timer);
    tellState('gone');
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
