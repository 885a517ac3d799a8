import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { postgresMissing } from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import { redisMissing } from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { growth } from './growth.ts';
import { type Report, run } from './run.ts';
import { startServerUnderTest } from './server-under-test.ts';
import { openStoreUrl, STORES } from './stores.ts';

const seed = Number(process.env['SEED'] ?? 5);
/** Counted, not timed: a busy machine sends as many. */
const requests = Number(process.env['FUZZ_REQUESTS'] ?? 400);
const MOST_SECONDS = 60 + requests / 10;

async function fuzz(script: string, store: (typeof STORES)[number], from = seed): Promise<Report> {
  const opened = await openStoreUrl(store);
  try {
    const server = await startServerUnderTest(join(import.meta.dirname, script), opened.url);
    try {
      return await run({
        ...{ server, seed: from, requests, seconds: MOST_SECONDS },
        keepsInMemory: store === 'memory',
      });
    } finally {
      await server.stop();
    }
  } finally {
    await opened.destroy();
  }
}

const missing = {
  memory: false,
  sqlite: false,
  postgres: postgresMissing(),
  redis: redisMissing(),
};

describe(`odd requests (SEED=${seed})`, () => {
  for (const store of STORES) {
    it.skipIf(missing[store])(
      `are answered or refused, with ${store}`,
      async () => {
        const { findings, codes } = await fuzz('server-process.ts', store);
        expect(findings).toEqual([]);
        // Both kinds were among them.
        expect(Object.keys(codes)).toEqual(expect.arrayContaining(['0', '3']));
      },
      2000 * MOST_SECONDS,
    );
  }

  it('find a fault that one of them meets', async () => {
    const found: string[] = [];
    for (let from = seed; found.length === 0 && from < seed + 10; from++) {
      const { findings } = await fuzz('faulty-server-process.ts', 'memory', from);
      found.push(...findings.map(({ what }) => what));
    }
    expect(found.join('\n')).toMatch(/code (2|13)/);
  });
});

describe('growth', () => {
  it('is that of the second half', () => {
    expect(growth([100, 0, 50, 7, 7, 7, 7])).toBe(0);
    expect(growth([0, 0, 0, 0, 10, 20, 30])).toBeCloseTo(30);
  });
});
