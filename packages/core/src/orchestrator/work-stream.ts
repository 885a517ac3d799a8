/** Items that wait for their reader, as an iterable to be read once. */
export interface WorkStream<T> extends AsyncIterableIterator<T> {
  push(item: T): void;
  /** Ends the stream: for good, or with an error that its reader gets. */
  end(reason?: unknown): void;
}

/** @param onEnd called once, with what was not read, however the stream ends. */
export function createWorkStream<T>(onEnd: (unread: readonly T[]) => void): WorkStream<T> {
  const unread: T[] = [];
  let reader: PromiseWithResolvers<IteratorResult<T>> | undefined;
  let isOver = false;
  let failure: { readonly reason: unknown } | undefined;

  function end(reason?: unknown): void {
    if (isOver) return;
    isOver = true;
    if (reason !== undefined) failure = { reason };
    onEnd(unread.splice(0));
    const waiting = reader;
    reader = undefined;
    if (waiting !== undefined) void last().then(waiting.resolve, waiting.reject);
  }

  async function last(): Promise<IteratorResult<T>> {
    const { reason } = failure ?? {};
    if (failure === undefined) return { done: true, value: undefined };
    failure = undefined;
    throw reason;
  }

  return {
    push(item) {
      if (isOver) return onEnd([item]);
      if (reader === undefined) return void unread.push(item);
      const waiting = reader;
      reader = undefined;
      waiting.resolve({ done: false, value: item });
    },
    end,
    async next() {
      const item = unread.shift();
      if (item !== undefined) return { done: false, value: item };
      if (isOver) return last();
      reader = Promise.withResolvers();
      return reader.promise;
    },
    async return() {
      end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
