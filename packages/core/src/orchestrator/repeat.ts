import type { Clock } from '../ports/runtime.ts';

/** Calls `work` again and again, `ms` milliseconds after it has ended, until the returned function is called. */
export function repeat(clock: Clock, ms: number, work: () => Promise<void>): () => void {
  let isOver = false;
  let cancel: () => void = () => undefined;
  const again = (): void => {
    if (!isOver) cancel = clock.schedule(ms, () => void work().then(again));
  };
  again();
  return () => {
    isOver = true;
    cancel();
  };
}
