import { BatonError } from '@baton/core';

/**
 * Streams go on until the server stops; then each must end so that its caller connects elsewhere.
 *
 * 1. After `endAll` every stream that is entered, also a new one, is aborted with `unavailable`.
 * 2. A stream that has left is never touched again.
 */
export interface OpenStreams {
  /** The returned function must be called when the stream has ended. */
  enter(controller: AbortController): () => void;
  endAll(): void;
  /** How many there are. */
  size(): number;
}

export function createOpenStreams(): OpenStreams {
  const open = new Set<AbortController>();
  let ended = false;
  const end = (controller: AbortController) =>
    controller.abort(
      new BatonError(
        'unavailable',
        'the server is stopping: ask another one, or this one when it is back',
      ),
    );
  return {
    enter(controller) {
      if (ended) end(controller);
      open.add(controller);
      return () => open.delete(controller);
    },
    size: () => open.size,
    endAll() {
      ended = true;
      for (const controller of open) end(controller);
    },
  };
}
