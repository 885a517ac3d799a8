import { useEffect, useMemo } from 'react';
import { createStore, useStore } from '../api/store.ts';
import { ago, dateTime, duration } from './format.ts';

/** One clock for all that shows how long ago something was. */
const clock = createStore(Date.now());
let readers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

export function useNow(): number {
  useEffect(() => {
    readers++;
    timer ??= setInterval(() => clock.set(Date.now()), 1000);
    return () => {
      readers--;
      if (readers > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return useStore(clock);
}

export function Ago({ at }: { at: number }) {
  const now = useNow();
  // Formatting a date takes longer than all else in a row, and it does not change.
  const [iso, title] = useMemo(() => [new Date(at).toISOString(), dateTime(at)], [at]);
  return (
    <time dateTime={iso} title={title}>
      {ago(at, now)}
    </time>
  );
}

/** From `from` to `to`, or until now. */
export function Elapsed({ from, to }: { from: number; to: number | undefined }) {
  const now = useNow();
  return <span className="number">{duration(Math.max(0, (to ?? now) - from))}</span>;
}
