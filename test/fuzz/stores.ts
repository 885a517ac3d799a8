import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivatePostgres } from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import { startRedis } from '../../packages/adapters/src/stores/testing/private-redis.ts';

export const STORES = ['memory', 'sqlite', 'postgres', 'redis'] as const;
type Store = (typeof STORES)[number];

export const isStore = (name: string): name is Store => STORES.some((one) => one === name);

/** Opens a store that no other test uses. */
export async function openStoreUrl(
  store: Store,
): Promise<{ readonly url: string; destroy(): Promise<void> }> {
  switch (store) {
    case 'memory':
      return { url: 'memory:', async destroy() {} };
    case 'sqlite': {
      const folder = mkdtempSync(join(tmpdir(), 'baton-fuzz-'));
      return {
        url: `sqlite:${join(folder, 'fuzz.db')}`,
        destroy: async () => rmSync(folder, { recursive: true }),
      };
    }
    case 'postgres': {
      const { url, destroy } = await startPrivatePostgres();
      return { url, destroy };
    }
    case 'redis': {
      const { url, destroy } = await startRedis();
      return { url, destroy };
    }
  }
}
