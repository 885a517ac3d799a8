import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { passingOutputs } from '@baton/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TEST_MS } from '../../packages/adapters/src/testing/patience.ts';
import { aBuild, startServer } from '../interop/start-server.ts';
import { builtGoWorker, hasGo } from './go.ts';

describe.skipIf(!hasGo())('the Go worker (golang-go)', () => {
  it('performs a whole build, and ends when it is told to', { timeout: TEST_MS }, async () => {
    const { orchestrator: baton, httpUrl } = await startServer();
    const env = { ...process.env, BATON_SERVER: httpUrl };
    const worker = spawn(builtGoWorker(), { env, stdio: 'ignore' });
    onTestFinished(() => void worker.kill('SIGKILL'));
    const { workflowId } = await baton.start({ ...aBuild, buildId: 'b' });
    await expect.poll(async () => (await baton.status({ workflowId })).state).toBe('complete');
    const { handoffs } = await baton.history({ workflowId });
    expect(handoffs.map(({ fromState }) => fromState)).toEqual([
      ...['discovery', 'planning', 'handoff_to_coder', 'implementation', 'handoff_to_tester'],
      ...['testing', 'handoff_to_verifier', 'verification', 'handoff_to_releaser', 'deployment'],
    ]);
    expect(handoffs[1]?.data).toMatchObject(passingOutputs.planning);
    worker.kill('SIGTERM');
    expect(await once(worker, 'exit')).toEqual([0, null]);
  });
});
