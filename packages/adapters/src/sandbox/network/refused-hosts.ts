import type { RefusedHost } from '../sandbox.ts';

/** Hosts to remember, at most: hostile code may name many. */
const MOST_HOSTS = 32;
/** The longest name has 253 characters, plus a port. */
const MOST_CHARACTERS = 260;

export interface RefusedHosts {
  add(refused: RefusedHost): void;
  /** The hosts in the order of their first try, without duplicates. */
  list(): readonly RefusedHost[];
}

export function createRefusedHosts(): RefusedHosts {
  const found = new Map<string, RefusedHost>();
  return {
    add({ host, leadsTo }) {
      const shown = host.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, MOST_CHARACTERS);
      if (found.has(shown) || found.size >= MOST_HOSTS) return;
      found.set(shown, leadsTo === undefined ? { host: shown } : { host: shown, leadsTo });
    },
    list: () => [...found.values()],
  };
}
