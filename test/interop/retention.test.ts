import { serve } from '@baton/server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  redisMissing,
  startRedis,
} from '../../packages/adapters/src/stores/testing/private-redis.ts';

describe.skipIf(redisMissing())('a server whose workflows are kept for a while', () => {
  it('says so when it starts, and in its log', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.destroy());
    const lines: string[] = [];
    const stderr = vi.spyOn(process.stderr, 'write');
    stderr.mockImplementation((line) => lines.push(String(line)) > 0);
    onTestFinished(() => stderr.mockRestore());
    const ports = { BATON_GRPC_PORT: '0', BATON_HTTP_PORT: '0', DATABASE_URL: redis.url };
    const kept = await serve(ports);
    await kept.stop();
    expect(kept.summary).not.toContain('removes');
    expect(lines).toEqual([]);
    const removing = await serve({ ...ports, WORKFLOW_RETENTION: '86400' });
    await removing.stop();
    expect(removing.summary).toContain('removes   complete workflows after 86400 s');
    expect(lines.join('')).toContain('complete workflows are removed 86400000 ms after their end');
  });
});
