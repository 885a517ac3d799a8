import { describe, expect, it } from 'vitest';
import { aBuild, startServer } from './start-server.ts';

describe('a server', () => {
  it('moves builds to error when their time is over, without a request for them', async () => {
    const { orchestrator } = await startServer();
    await orchestrator.start({ ...aBuild, buildId: 'late', timeoutMs: 10 });
    await expect
      .poll(() => orchestrator.projectStats({ projectId: 'shop' }))
      .toMatchObject({ failed: 1, mostCommonFailurePoint: 'discovery' });
  });
});
