import type { Log } from '../log.ts';

/** Counts what is refused and cut off, and logs it at most once a second: a flood must not flood the log. */
export interface RefusalLog {
  count(reason: string, address: string): void;
  flush(): void;
}

/** Of more reasons and addresses than that, the log says how many there were. */
const MOST_LINES = 20;

export function createRefusalLog(log: Log, port: 'gRPC' | 'HTTP'): RefusalLog {
  const counts = new Map<string, { reason: string; address: string; count: number }>();
  let others = 0;
  return {
    count(reason, address) {
      const key = `${address} ${reason}`;
      const found = counts.get(key);
      if (found !== undefined) found.count += 1;
      else if (counts.size < MOST_LINES) counts.set(key, { reason, address, count: 1 });
      else others += 1;
    },
    flush() {
      for (const { reason, address, count } of counts.values()) {
        log.warn('refused or cut off', { port, reason, address, count });
      }
      if (others > 0) log.warn('refused or cut off', { port, reason: 'others', count: others });
      counts.clear();
      others = 0;
    },
  };
}
