/** Ends all attempts of a runner. */
export interface Aborting {
  readonly signal: AbortSignal;
  /**
   * Calls `listener` when the signal aborts, unless the returned function is called before. The attempts of a runner
   * come and go: a signal's own listeners are a list, which is searched for each that goes.
   */
  onAbort(listener: () => void): () => void;
}

export function createAborting(): Aborting & { abort(): void } {
  const controller = new AbortController();
  const listeners = new Set<() => void>();
  return {
    signal: controller.signal,
    onAbort(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    abort() {
      if (controller.signal.aborted) return;
      controller.abort();
      for (const listener of [...listeners]) listener();
    },
  };
}
