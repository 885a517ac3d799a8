import type { PermitRequest } from '@baton/core';
import type { Statements } from './statements.ts';

/** Takes the permits inside the caller's transaction, or returns the names that have none left. */
export function takePermits(
  statements: Statements,
  { permits, holder, insteadOf, now, expiresAt }: PermitRequest,
): readonly string[] {
  const full = permits.filter(({ name, max }) => {
    const row = statements.countPermits.get(insteadOf ?? null, holder, name, now);
    return row?.['has'] !== 1 && ((row?.['held'] as number | null) ?? 0) >= max;
  });
  if (full.length > 0) return full.map(({ name }) => name);
  for (const { name } of permits) {
    statements.endPermits.run(name, now);
    statements.takePermit.run(name, holder, expiresAt);
  }
  return [];
}
