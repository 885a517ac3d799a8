import type { DeclaredPrincipal } from '@baton/core';
import type { CassetteEntry } from './cassette-format.ts';

/**
 * Whose answers of a role a cassette has: everybody's whom its entries name. Undefined when one of
 * them names nobody, or they cannot be said in one: of what nobody declared nobody can be told apart.
 */
export function recordedPrincipal(
  role: string,
  entries: readonly Pick<CassetteEntry, 'role' | 'principal'>[],
): DeclaredPrincipal | undefined {
  const all = entries.filter((one) => one.role === role).map(({ principal }) => principal);
  const [first] = all;
  if (first === undefined) return undefined;
  const known = all.filter((one) => one !== undefined);
  if (known.length < all.length) return undefined;
  const minds = known.filter(({ kind }) => kind === undefined);
  const workers = new Set(known.map(({ worker }) => worker));
  return {
    models: unionOf(minds.map(({ models }) => models)),
    modelFamilies: unionOf(minds.map(({ modelFamilies }) => modelFamilies)),
    ...(minds.length === 0 && { kind: first.kind }),
    ...(workers.size === 1 && { worker: first.worker }),
  };
}

/** Empty, which declares nothing, when one of them is. */
function unionOf(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.some((one) => one.length === 0) ? [] : [...new Set(lists.flat())];
}
