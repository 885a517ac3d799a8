import type { Clock } from '../ports/runtime.ts';

/** Workers that poll come back after that time at the latest. */
const LINGER_MS = 60_000;

/** Roles whose workers have gone a short while ago. */
export interface Lingering {
  add(roles: readonly string[]): void;
  has(role: string): boolean;
  isEmpty(): boolean;
}

export function createLingering(clock: Clock): Lingering {
  const until = new Map<string, number>();
  return {
    add(roles) {
      for (const role of roles) until.set(role, clock.now() + LINGER_MS);
    },
    has(role) {
      const end = until.get(role);
      if (end === undefined) return false;
      if (end > clock.now()) return true;
      until.delete(role);
      return false;
    },
    isEmpty: () => until.size === 0,
  };
}
