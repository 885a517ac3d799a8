/** How long it works before what else waits has its turn, in milliseconds. */
const TURN_MS = 8;

/** Lets what else waits have its turn, when it is time. */
export type Breathe = () => Promise<void> | undefined;

/** For work in many small parts: awaited between them. */
export function turns(signal?: AbortSignal): Breathe {
  let at = performance.now();
  return () => {
    if (performance.now() - at < TURN_MS) return undefined;
    return new Promise((resolve, reject) => {
      setTimeout(() => {
        at = performance.now();
        if (signal?.aborted) reject(signal.reason);
        else resolve();
      });
    });
  };
}
