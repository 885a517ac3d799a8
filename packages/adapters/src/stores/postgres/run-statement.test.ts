import { expect, it } from 'vitest';
import type { PostgresPool, PostgresRows } from './pool.ts';
import { createRunStatement } from './run-statement.ts';

it('asks no more of a pool at once than it has connections: what waits there may run out of time', async () => {
  const ends: (() => void)[] = [];
  const pool = {
    options: { max: 2 },
    query: () =>
      new Promise<PostgresRows>((resolve) => {
        ends.push(() => resolve({ rows: [] }));
      }),
  } as unknown as PostgresPool;
  const run = createRunStatement({ pool, pooling: 'session' }, 1000);
  const all = [1, 2, 3].map((n) => run({ text: 'SELECT $1' }, [n]));
  await expect.poll(() => ends).toHaveLength(2);
  ends[0]?.();
  await expect.poll(() => ends).toHaveLength(3);
  for (const end of ends) end();
  await expect(Promise.all(all)).resolves.toHaveLength(3);
});
