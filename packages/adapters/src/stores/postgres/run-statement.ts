import { BatonError } from '@baton/core';
import { createLimiter } from '../limiter.ts';
import type { Row } from '../relational/workflow-row.ts';
import { isSilence } from './errors.ts';
import type { OpenedPool } from './pool.ts';
import type { Statement } from './statements.ts';

/** Runs one statement in a transaction of its own. */
export type RunStatement = (
  statement: Pick<Statement, 'text'> & Partial<Statement>,
  values: unknown[],
) => Promise<readonly Row[]>;

const INTEGERS: ReadonlySet<number> = new Set([20 /* int8 */, 21 /* int2 */, 23 /* int4 */]);
const asText = (text: string): string => text;

/** Integers become numbers; everything else, such as JSON, stays the text that the server sent. */
const types = {
  getTypeParser: (oid: number): ((text: string) => unknown) =>
    INTEGERS.has(oid) ? Number : asText,
};

/** The default of `pg`, for a pool that does not say how many connections it has. */
const USUAL_CONNECTIONS = 10;

/**
 * @param pooling with `transaction`, statements are not prepared.
 * @param timeoutMs after which a query counts as failed, even if the server is silent.
 */
export function createRunStatement({ pool, pooling }: OpenedPool, timeoutMs: number): RunStatement {
  const limited = createLimiter(pool.options?.max ?? USUAL_CONNECTIONS, isSilence);
  return async (statement, values) => {
    for (const value of values.flat()) if (typeof value === 'string') checkText(value, 'a query');
    const { text } = statement;
    const prepared = pooling === 'transaction' ? { text } : statement;
    const query = { ...prepared, values, types, query_timeout: timeoutMs };
    const { rows } = await limited(() => pool.query(query));
    return rows;
  };
}

/** JSON.stringify writes only NUL and lone surrogates with these escapes. */
const ESCAPED = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/**
 * Refuses NUL, which PostgreSQL cannot store, and lone surrogates, which the driver would replace by U+FFFD.
 *
 * @throws BatonError `invalid_input`.
 */
export function checkText(text: string, what: string): void {
  if (!text.includes('\u0000') && text.isWellFormed()) return;
  throw unstorable(what);
}

/** Like {@link checkText}, for JSON text from JSON.stringify. */
export function checkJsonText(text: string, what: string): void {
  if (ESCAPED.test(text)) throw unstorable(what);
}

function unstorable(what: string): BatonError {
  const text = `${what}: text must not contain NUL (U+0000) or lone surrogates`;
  return new BatonError('invalid_input', text);
}
