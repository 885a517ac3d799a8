import type { PermitRequest } from '../ports/workflow-store.ts';

/** The permits of a store that lives in this process. */
export interface Permits {
  /** Returns the names that have none left; none: all were taken. */
  take(request: PermitRequest): readonly string[];
  giveBack(holder: string, names: readonly string[]): void;
}

export function createPermits(): Permits {
  /** When each holder's permit ends, by name. */
  const held = new Map<string, Map<string, number>>();

  function othersOf(name: string, { holder, insteadOf, now }: PermitRequest): number {
    const holders = held.get(name) ?? new Map<string, number>();
    for (const [one, expiresAt] of holders) if (expiresAt <= now) holders.delete(one);
    return [...holders.keys()].filter((one) => one !== holder && one !== insteadOf).length;
  }

  return {
    take(request) {
      const { permits, holder, expiresAt } = request;
      const full = permits.filter(({ name, max }) => othersOf(name, request) >= max);
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
