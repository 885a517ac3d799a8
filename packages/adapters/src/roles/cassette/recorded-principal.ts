import type { DeclaredPrincipal } from '@baton/core';
import type { CassetteEntry } from './cassette-format.ts';

/**
 * Combines the principals that gave the recorded answers of a role. Returns undefined when there are no
 * entries or one of them declares no principal: separation of duties cannot compare undeclared principals.
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

/** Returns an empty list, which declares nothing, when one of the lists is empty. */
function unionOf(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.some((one) => one.length === 0) ? [] : [...new Set(lists.flat())];
}
