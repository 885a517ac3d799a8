/** Does work for each of `all`, at most `most` at one time. The results have their order. */
export async function inTurns<T, R>(
  all: readonly T[],
  most: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...all.entries()];
  async function lane(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, one] = next;
      results[index] = await work(one);
    }
  }
  await Promise.all(Array.from({ length: most }, lane));
  return results;
}
