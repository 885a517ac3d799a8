import type { WorkHint } from '@baton/core';

type Listener = (hint: WorkHint) => void;

/** Who hears hints. */
export interface Listeners {
  /** Answers how to stop listening. */
  add(listener: Listener): () => void;
  /** Tells all of them; one that throws keeps the hint from nobody. */
  tell(hint: WorkHint): void;
}

export function createListeners(onError: (error: unknown) => void): Listeners {
  const listeners = new Set<Listener>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell(hint) {
      for (const listener of [...listeners]) {
        try {
          listener(hint);
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}
