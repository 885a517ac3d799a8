import type { Lease } from '../ports/workflow-store.ts';

/** Leases of a store whose clock is the process's. */
export function createLeases(): (lease: Lease) => boolean {
  const leases = new Map<string, { readonly holder: string; readonly until: number }>();
  return ({ name, holder, forMs }) => {
    const now = Date.now();
    const held = leases.get(name);
    if (held !== undefined && held.holder !== holder && held.until > now) return false;
    leases.set(name, { holder, until: now + forMs });
    return true;
  };
}
