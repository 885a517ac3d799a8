import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openStore } from '@baton/adapters/open-store';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  postgresMissing,
  startPrivatePostgres,
} from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import {
  redisMissing,
  startRedis,
} from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { temporaryFolder } from '../../packages/adapters/src/testing/temporary-folder.ts';
import { builtScript } from '../../scripts/built.ts';

const script = await builtScript('test/shared/counting-process.ts');

const TIMES = 100;

/** A process that is ready to count. */
async function counting(url: string) {
  const argv = ['--no-warnings', script, url, String(TIMES)];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  return {
    async count() {
      child.stdin.write('go\n');
      const [code] = await exited;
      expect(code).toBe(0);
    },
  };
}

async function losesNoWrite(url: string): Promise<void> {
  const both = await Promise.all([counting(url), counting(url)]);
  await Promise.all(both.map(({ count }) => count()));
  const { documents, close } = await openStore(url, { warn() {} });
  onTestFinished(close);
  expect(await documents.read('counters', 'shared')).toEqual({
    key: 'shared',
    version: 2 * TIMES,
    value: { count: 2 * TIMES },
  });
}

describe('a document that two processes write at once loses no write', () => {
  it('in SQLite', async () => {
    await losesNoWrite(`sqlite:${join(temporaryFolder(), 'baton.db')}`);
  });

  it.skipIf(postgresMissing())('in PostgreSQL', async () => {
    const postgres = await startPrivatePostgres();
    onTestFinished(() => postgres.destroy());
    await losesNoWrite(postgres.url);
  });

  it.skipIf(redisMissing())('in Redis', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.destroy());
    await losesNoWrite(redis.url);
  });
});
