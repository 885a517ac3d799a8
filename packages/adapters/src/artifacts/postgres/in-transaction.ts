import type { PostgresClient, PostgresPool } from '../../stores/postgres/pool.ts';
import type { Row } from '../artifact-row.ts';

export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

const BYTEA = 17;
const INTEGERS: ReadonlySet<number> = new Set([20 /* int8 */, 21 /* int2 */, 23 /* int4 */]);

/** Integers as numbers, bytes as bytes, all else as the text that the server sent. */
const types = {
  getTypeParser(oid: number): (text: string) => unknown {
    if (oid === BYTEA) return (text) => Buffer.from(text.slice(2), 'hex');
    return INTEGERS.has(oid) ? Number : (text) => text;
  },
};

/** Connections live for many transactions; each is listened to once. */
const heard = new WeakSet<PostgresClient>();

/** Does `work` in one transaction. A connection on which something failed is closed, and the transaction with it. */
export async function inTransaction<T>(
  pool: PostgresPool,
  timeoutMs: number,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  // A connection that breaks says so to the query, too, and unheard it would end the process.
  if (!heard.has(client)) client.on('error', () => undefined);
  heard.add(client);
  const query: Query = async (text, values) => {
    const asked = { text, types, query_timeout: timeoutMs };
    const { rows } = await client.query(
      values === undefined ? asked : { ...asked, values: [...values] },
    );
    return rows;
  };
  try {
    await query('BEGIN ISOLATION LEVEL READ COMMITTED');
    const result = await work(query);
    await query('COMMIT');
    client.release();
    return result;
  } catch (reason) {
    client.release(true);
    throw reason;
  }
}
