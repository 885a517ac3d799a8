import { createHash } from 'node:crypto';

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
  const entries = new Map<string, { readonly value: T; readonly until: number }>();
  return {
    get(secret) {
      const digest = digestOf(secret);
      const entry = entries.get(digest);
      if (entry === undefined) return undefined;
      entries.delete(digest);
      if (entry.until <= now()) return undefined;
      entries.set(digest, entry);
      return entry.value;
    },
    put(secret, value) {
      entries.set(digestOf(secret), { value, until: now() + forMs });
      if (entries.size > most) entries.delete(entries.keys().next().value as string);
    },
  };
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}
