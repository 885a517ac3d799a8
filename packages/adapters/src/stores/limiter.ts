/** Runs `work` when its turn comes. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

interface Waiting {
  start(): void;
  reject(reason: unknown): void;
}

/**
 * Limits concurrent calls to a server to `limit`, so that their time-outs measure the server instead of a
 * queue in front of it. Other calls wait as long as the server answers. When it stops answering, they fail
 * together with the first call that notices, not one after another.
 *
 * @param isSilence whether a call failed because there was no answer at all.
 */
export function createLimiter(limit: number, isSilence: (reason: unknown) => boolean): Limit {
  const waiting: Waiting[] = [];
  let underWay = 0;

  function end(): void {
    const next = waiting.shift();
    if (next === undefined) underWay--;
    else next.start();
  }

  return async (work) => {
    if (underWay < limit) underWay++;
    else await new Promise<void>((start, reject) => waiting.push({ start, reject }));
    try {
      return await work();
    } catch (reason) {
      if (isSilence(reason)) for (const { reject } of waiting.splice(0)) reject(reason);
      throw reason;
    } finally {
      end();
    }
  };
}
