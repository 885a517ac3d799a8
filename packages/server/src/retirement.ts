import { setTimeout as sleep } from 'node:timers/promises';

/** The time between a server's word that it stops and its end. */
export interface Retirement {
  /** Says that the server stops. */
  begin(): void;
  /** Begins it unless it has begun, and resolves once it is over. */
  over(): Promise<void>;
}

/** @param tell makes health checks say that the server stops; more than once does no harm. */
export function createRetirement(seconds: number, tell: () => void): Retirement {
  let begunAt: number | undefined;
  const begin = () => {
    begunAt ??= performance.now();
    tell();
  };
  return {
    begin,
    async over() {
      begin();
      const leftMs = seconds * 1000 - (performance.now() - (begunAt ?? 0));
      if (leftMs > 0) await sleep(leftMs);
    },
  };
}
