import type { WorkHint } from '@baton/core';

type Listener = (hint: WorkHint) => void;

/** The listeners of a dispatcher. */
export interface Listeners {
  /** Returns a function that stops listening. */
  add(listener: Listener): () => void;
  /** Calls every listener; one that throws does not keep the hint from the others. */
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
