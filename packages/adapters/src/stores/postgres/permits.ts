import type { PermitRequest } from '@baton/core';
import type { RunStatement } from './run-statement.ts';
import type { Statements } from './statements.ts';

/**
 * Takes a permit of each name, or returns the names that have none left. Each name is decided by itself: where some
 * have none, the others are given back. In between there are fewer, never more, than there should be.
 */
export async function takePermits(
  run: RunStatement,
  statements: Statements,
  { permits, holder, insteadOf, now, expiresAt }: PermitRequest,
): Promise<readonly string[]> {
  const names = permits.map(({ name }) => name);
  const most = permits.map(({ max }) => max);
  const values = [names, most, holder, insteadOf ?? null, now, expiresAt];
  const rows = await run(statements.takePermits, values);
  const taken = new Set(rows.map((row) => row['name']));
  const full = names.filter((name) => !taken.has(name));
  if (full.length > 0 && taken.size > 0) await run(statements.returnPermits, [holder, [...taken]]);
  return full;
}
