import { BatonError } from '@baton/core';
import type { PostgresPool } from './pool.ts';

/**
 * Checks settings that the store cannot set itself behind a pooler that shares connections.
 *
 * @throws BatonError `invalid_input` for defaults that could lose or mix up commits.
 */
export async function checkSharedSettings(
  pool: PostgresPool,
  warn: (line: string) => void,
): Promise<void> {
  const { rows } = await pool.query({
    text: `SELECT current_setting('synchronous_commit') AS synchronous_commit,
      current_setting('default_transaction_isolation') AS default_transaction_isolation`,
  });
  const { synchronous_commit: durability, default_transaction_isolation: isolation } =
    rows[0] ?? {};
  refuse('synchronous_commit', durability, durability !== 'off', 'on');
  refuse(
    'default_transaction_isolation',
    isolation,
    isolation === 'read committed',
    'read committed',
  );
  warn(
    "the pooler before PostgreSQL shares connections by transaction: statements are prepared anew each time, hints between processes are not heard, so that work is found by polling, and the server ends no statement that takes too long (ALTER ROLE … SET statement_timeout); a pooler of sessions ('pool_mode = session'), or none, is faster",
  );
}

function refuse(name: string, found: unknown, isRight: boolean, expected: string): void {
  if (isRight) return;
  throw new BatonError(
    'invalid_input',
    `${name}: found '${found}', expected '${expected}': a pooler that shares connections by transaction keeps no setting of Baton's; ALTER ROLE … SET ${name} = '${expected}', or use a pooler of sessions`,
  );
}
