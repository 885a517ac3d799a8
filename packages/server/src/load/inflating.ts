import { MAX_MESSAGE_BYTES } from '../limits.ts';

/**
 * MemoryBudget for what compressed requests become. A few KiB can become a whole message, so what came over a
 * connection says nothing of what it makes the server hold: who inflates a message waits until there is room for the
 * largest, and keeps what the message takes until it has been worked on.
 */
export interface Inflating {
  /** Resolves when one more message may be inflated. In the order of the calls. */
  enter(): Promise<Inflated>;
}

/** What one message takes. */
export interface Inflated {
  /** Once it is known how large it is. */
  counts(bytes: number): void;
  /** When it is needed no more. Again does nothing. */
  leave(): void;
}

/** `most` are the bytes that inflated messages may take together; one has room in any case. */
export function createInflating(most: number): Inflating {
  const waiting: (() => void)[] = [];
  let taken = 0;
  const isRoom = () => taken === 0 || taken + MAX_MESSAGE_BYTES <= most;
  const take = (): Inflated => {
    let own = MAX_MESSAGE_BYTES;
    taken += own;
    const count = (bytes: number) => {
      taken += bytes - own;
      own = bytes;
      while (waiting.length > 0 && isRoom()) waiting.shift()?.();
    };
    return { counts: count, leave: () => count(0) };
  };
  return {
    enter() {
      if (waiting.length === 0 && isRoom()) return Promise.resolve(take());
      return new Promise((resolve) => waiting.push(() => resolve(take())));
    },
  };
}
