import type { Permit, PermitRequest } from '../ports/workflow-store.ts';

/** The permits of a store that lives in this process. */
export interface Permits {
  /** Returns the names that have none left; none: all were taken. */
  take(request: PermitRequest): readonly string[];
  giveBack(holder: string, names: readonly string[]): void;
}

export function createPermits(): Permits {
  /** When each holder's permit ends, by name. */
  const held = new Map<string, Map<string, number>>();

  function isFull({ name, max }: Permit, { holder, insteadOf, now }: PermitRequest): boolean {
    const holders = held.get(name);
    if (holders === undefined) return false;
    for (const [one, expiresAt] of holders) if (expiresAt <= now) holders.delete(one);
    if (holders.has(holder)) return false;
    const besides = insteadOf !== undefined && holders.has(insteadOf) ? 1 : 0;
    return holders.size - besides >= max;
  }

  return {
    take(request) {
      const { permits, holder, expiresAt } = request;
      const full = permits.filter((permit) => isFull(permit, request));
      if (full.length > 0) return full.map(({ name }) => name);
      for (const { name } of permits) {
        const holders = held.get(name) ?? new Map<string, number>();
        held.set(name, holders.set(holder, expiresAt));
      }
      return [];
    },
    giveBack(holder, names) {
      for (const name of names) {
        held.get(name)?.delete(holder);
        if (held.get(name)?.size === 0) held.delete(name);
      }
    },
  };
}
