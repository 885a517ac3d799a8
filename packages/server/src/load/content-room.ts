/**
 * Room for the contents of artifacts that are read at the moment: each is held whole, however slowly its caller
 * reads. What has no room waits for it.
 */
export interface ContentRoom {
  /**
   * Resolves when there is room for so many bytes, in the order of the calls, with what gives them back. Calling
   * that again does nothing.
   *
   * @throws the signal's reason once it aborts.
   */
  enter(bytes: number, signal: AbortSignal): Promise<() => void>;
}

/** `most` are the bytes that contents may take together; one has room in any case. */
export function createContentRoom(most: number): ContentRoom {
  const waiting = new Set<{ readonly bytes: number; begin(): void }>();
  let taken = 0;
  const isRoom = (bytes: number) => taken === 0 || taken + bytes <= most;
  const beginNext = () => {
    for (const one of waiting) {
      if (!isRoom(one.bytes)) return;
      waiting.delete(one);
      one.begin();
    }
  };
  const take = (bytes: number) => {
    let own = bytes;
    taken += own;
    return () => {
      taken -= own;
      own = 0;
      beginNext();
    };
  };
  return {
    async enter(bytes, signal) {
      signal.throwIfAborted();
      if (waiting.size === 0 && isRoom(bytes)) return take(bytes);
      return new Promise((resolve, reject) => {
        const leave = () => {
          waiting.delete(one);
          reject(signal.reason);
          beginNext();
        };
        const one = {
          bytes,
          begin() {
            signal.removeEventListener('abort', leave);
            resolve(take(bytes));
          },
        };
        waiting.add(one);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
