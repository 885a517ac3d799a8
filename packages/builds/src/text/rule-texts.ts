import type { DefinitionDescription } from '@baton/core';

/** Rules of a definition in words. Equal rules give equal text. */
export function approvalText({ from, to, by }: DefinitionDescription['approvals'][number]): string {
  const who = by.length === 0 ? 'anyone except roles' : [...new Set(by)].sort().join(' or ');
  return `${from} → ${to} by ${who}`;
}

export function separationText({
  phase,
  from,
  by,
}: DefinitionDescription['separations'][number]): string {
  return `${phase} apart from ${from} by ${by}`;
}
