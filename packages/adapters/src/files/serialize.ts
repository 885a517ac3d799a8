/** Runs the tasks of one key one after another, those of different keys side by side. */
export type Serialize = <T>(key: string, task: () => Promise<T>) => Promise<T>;

export function createSerialize(): Serialize {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const before = tails.get(key) ?? Promise.resolve();
    // Whether the task before failed is its caller's concern.
    const mine = before.then(task, task);
    tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === mine) tails.delete(key);
    }
  };
}
