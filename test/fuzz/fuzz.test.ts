import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { postgresMissing } from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import { redisMissing } from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { TEST_MS } from '../../packages/adapters/src/testing/patience.ts';
import type { Finding } from './findings.ts';
import { growth } from './growth.ts';
import { fromReplay, replay, toReplay } from './replay.ts';
import { run } from './run.ts';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.ts';
import { openStoreUrl, STORES } from './stores.ts';

const seed = Number(process.env['SEED'] ?? 5);
const seconds = Number(process.env['FUZZ_SECONDS'] ?? 5);
/** At most, on a busy machine; elsewhere it takes a few. */
const FINDING_SECONDS = 120;
const ENOUGH = Number.POSITIVE_INFINITY;

type Store = (typeof STORES)[number];

async function withServer<T>(
  script: string,
  store: Store,
  use: (server: ServerUnderTest) => Promise<T>,
): Promise<T> {
  const opened = await openStoreUrl(store);
  try {
    const server = await startServerUnderTest(join(import.meta.dirname, script), opened.url);
    try {
      return await use(server);
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

describe(`odd requests (SEED=${seed}, FUZZ_SECONDS=${seconds})`, () => {
  for (const store of STORES) {
    it.skipIf(missing[store])(
      `are answered or refused, with ${store}`,
      async () => {
        const keepsInMemory = store === 'memory';
        const { findings, codes } = await withServer('server-process.ts', store, (server) =>
          run({ server, seed, seconds, requests: ENOUGH, keepsInMemory }),
        );
        expect(findings.map((one) => [one.what, toReplay(one)])).toEqual([]);
        // Both kinds were among them.
        expect(Object.keys(codes)).toEqual(expect.arrayContaining(['0', '3']));
      },
      // Beside the run itself: the start of a server, and requests that are looked at once more.
      2000 * seconds + TEST_MS,
    );
  }
});

describe('a fault', { timeout: 3000 * FINDING_SECONDS + TEST_MS }, () => {
  const FAULTY = 'faulty-server-process.ts';

  it.each([
    ['that one request meets', (method: string) => !method.endsWith('RenewClaim')],
    ['that has to be led up to', (method: string) => method.endsWith('RenewClaim')],
  ])('%s is found, and met again by what is printed', async (_, isMeant) => {
    const found = await findingOf(({ request }) => isMeant(request?.method ?? ''));
    expect(found?.what).toMatch(/code (2|13)/);
    const again = fromReplay((found && toReplay(found)) ?? '');
    const { fault } = await withServer(FAULTY, 'memory', (server) => replay(server, again));
    expect(fault).toMatch(/code (2|13)/);
    const mended = await withServer('server-process.ts', 'memory', (server) =>
      replay(server, again),
    );
    expect(mended.fault).toBeUndefined();
  });

  it('that keeps the event loop is found, with the request', async () => {
    const found = await findingOf(({ what }) => what.startsWith('stalls'));
    expect(found?.request?.method).toMatch(/GetProjectStats$/);
  });

  async function findingOf(isEnough: (finding: Finding) => boolean) {
    const { findings } = await withServer(FAULTY, 'memory', (server) =>
      run({
        server,
        seed,
        seconds: FINDING_SECONDS,
        requests: ENOUGH,
        keepsInMemory: true,
        isEnough,
      }),
    );
    return findings.find(isEnough);
  }
});

describe('growth', () => {
  it('is that of the second half', () => {
    expect(growth([100, 0, 50, 7, 7, 7, 7])).toBe(0);
    expect(growth([0, 0, 0, 0, 10, 20, 30])).toBeCloseTo(30);
  });
});
