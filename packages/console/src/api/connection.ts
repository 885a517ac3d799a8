import { useEffect } from 'react';
import { createStore } from './store.ts';

/*
 * 1. A page is live only while every source that it shows is: the pulse of the server, and each open watch.
 * 2. What is not live says so, with the time of what it shows.
 */

export interface Connection {
  readonly isLive: boolean;
  /** Milliseconds since the Unix epoch: when the server was heard last; undefined: not yet. */
  readonly heardAt: number | undefined;
}

export const connection = createStore<Connection>({ isLive: false, heardAt: undefined });

/**
 * Counts how often the server was found again. What was open before may be dead, and would not say so until it has
 * missed its heartbeats.
 */
export const returns = createStore(0);

const lost = new Set<string>();

let heardAt: number | undefined;

/** Says of a source of what is shown that it was heard, that it is lost, or that no page shows it any more. */
export function tellSource(name: string, state: 'heard' | 'lost' | 'gone'): void {
  if (state === 'lost') lost.add(name);
  else lost.delete(name);
  if (state === 'heard' && lost.size === 0) heardAt = Date.now();
  const isLive = lost.size === 0 && heardAt !== undefined;
  // The time is only shown once the connection is lost: pages need not render each time that a source is heard.
  connection.set((before) => (before.isLive === isLive ? before : { isLive, heardAt }));
}

const PULSE_MS = 3_000;
const ANSWER_MS = 3_000;

/** Asks the server now and then whether it is there; `onBack` hears when it is again. */
export function usePulse(onBack: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wasLost = false;
    let ended = false;
    const beat = async () => {
      const isThere = await fetch('/healthz', {
        cache: 'no-store',
        signal: AbortSignal.timeout(ANSWER_MS),
      }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (ended) return;
      tellSource('server', isThere ? 'heard' : 'lost');
      if (isThere && wasLost) {
        returns.set((before) => before + 1);
        onBack();
      }
      wasLost = !isThere;
      clearTimeout(timer);
      timer = setTimeout(beat, PULSE_MS);
    };
    const now = () => void beat();
    now();
    window.addEventListener('online', now);
    window.addEventListener('offline', now);
    return () => {
      ended = true;
      clearTimeout(timer);
      window.removeEventListener('online', now);
      window.removeEventListener('offline', now);
    };
  }, [onBack]);
}
