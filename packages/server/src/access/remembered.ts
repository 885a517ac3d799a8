import { createHash } from 'node:crypto';
import { createRecentMap } from './recent-map.ts';

/** What was found out of secrets, for a while. The secrets themselves are not kept. */
export interface Remembered<T> {
  get(secret: string): T | undefined;
  put(secret: string, value: T): void;
}

export interface RememberedOptions {
  /** How many at once: the least recently used go first. */
  readonly most: number;
  /** Milliseconds. */
  readonly forMs: number;
  readonly now: () => number;
}

export function createRemembered<T>({ most, forMs, now }: RememberedOptions): Remembered<T> {
  const entries = createRecentMap<{ readonly value: T; readonly until: number }>(most);
  return {
    get(secret) {
      const entry = entries.get(digestOf(secret));
      return entry !== undefined && entry.until > now() ? entry.value : undefined;
    },
    put: (secret, value) => entries.set(digestOf(secret), { value, until: now() + forMs }),
  };
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}
