const AT_ONCE = 8;

/** Does `work` with each of the items, some at a time. What fails first is thrown once the others under way have ended. */
export async function inParallel<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  let failed = false;
  async function goOn(): Promise<void> {
    for (let next = left.next(); !next.done && !failed; next = left.next()) {
      try {
        await work(next.value);
      } catch (reason) {
        failed = true;
        throw reason;
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, goOn));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}
