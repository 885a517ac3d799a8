import type { RefusedHost } from '../sandbox.ts';

/** More are not told apart: it is hostile code that names them. */
const MOST_HOSTS = 32;
/** The longest name there is has 253, and a port. */
const MOST_CHARACTERS = 260;

export interface RefusedHosts {
  add(refused: RefusedHost): void;
  /** Each once, in the order of the first try. */
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
