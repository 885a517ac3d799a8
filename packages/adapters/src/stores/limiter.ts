/** Does `work` when it is its turn. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

interface Waiting {
  start(): void;
  reject(reason: unknown): void;
}

/**
 * Lets at most `limit` calls to a server be under way, so that their time-outs measure the server and
 * not the queue before it. The others wait for as long as the server answers: when it falls silent,
 * they fail with the first that finds out, and not one after another.
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
