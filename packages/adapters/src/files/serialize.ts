/** Runs tasks of the same key one after another, and tasks of different keys concurrently. */
export type Serialize = <T>(key: string, task: () => Promise<T>) => Promise<T>;

export function createSerialize(): Serialize {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const before = tails.get(key) ?? Promise.resolve();
    // The caller of the previous task handles its failure.
    const mine = before.then(task, task);
    tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === mine) tails.delete(key);
    }
  };
}
