import type { EventEmitter } from 'node:events';

/** Signals by which a person or a supervisor asks the process to end. A second one ends it at once. */
const ASKED = ['SIGINT', 'SIGTERM'] as const;

/** The terminal is gone. The shell and the kernel may both send it, so a second one changes nothing. */
const GONE = 'SIGHUP';

/** Stops a process gracefully, on a signal or on request. */
export interface Interrupts {
  /**
   * Calls `listener` at each Ctrl-C or SIGTERM, and once when `stop` is called.
   *
   * @returns a function that removes the listener.
   */
  onInterrupt(listener: () => void): () => void;
  /**
   * Starts a graceful stop unless one is under way.
   *
   * @returns whether there is a listener.
   */
  stop(): boolean;
}

/**
 * Creates the interrupts of a process.
 *
 * @param overdue called when the process still runs `patienceMs` after `stop` or SIGHUP.
 */
export function createInterrupts(
  signals: EventEmitter,
  patienceMs: number,
  overdue: () => void,
): Interrupts {
  const listeners = new Set<() => void>();
  let stopping = false;

  function interrupt(): void {
    stopping = true;
    for (const listener of [...listeners]) listener();
  }

  function stop(): boolean {
    if (listeners.size === 0) return false;
    if (!stopping) {
      // A role may ignore its signal, and no person is there to press Ctrl-C again.
      setTimeout(overdue, patienceMs).unref();
      interrupt();
    }
    return true;
  }

  return {
    onInterrupt(listener) {
      if (listeners.size === 0) {
        for (const name of ASKED) signals.on(name, interrupt);
        signals.on(GONE, stop);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        for (const name of ASKED) signals.off(name, interrupt);
        signals.off(GONE, stop);
      };
    },
    stop,
  };
}
