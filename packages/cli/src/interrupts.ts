import type { EventEmitter } from 'node:events';

/** Somebody asks for the end; asked again, it is to be at once. */
const ASKED = ['SIGINT', 'SIGTERM'] as const;

/** The terminal is gone. A shell and the kernel may both say so: that asks for nothing twice. */
const GONE = 'SIGHUP';

/** What makes a process stop in order. */
export interface Interrupts {
  /** Calls `listener` at each Ctrl-C or SIGTERM, and when `stop` is called, until its result is. */
  onInterrupt(listener: () => void): () => void;
  /**
   * Has everything stop in order if nothing does so yet.
   *
   * @returns whether anything listens.
   */
  stop(): boolean;
}

/** @param overdue called when a stop that nobody watches takes `patienceMs`. */
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
      // Nobody is there to say it once more, should a role not listen to its signal.
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
