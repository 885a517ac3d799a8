import { describe, expect, it } from 'vitest';
import { NO_USAGE } from '../../model/usage.ts';
import { aBuild, type OpenHarness, withStore } from './harness.ts';

/** Numbers that grow by adding: one row that cannot be read would take its page with it. */
export function largeNumberContract(open: OpenHarness): void {
  describe('numbers', () => {
    it(
      'that grow beyond all bounds leave their workflow and its neighbours readable, and are not forgotten',
      withStore(open, async ({ baton, clock }) => {
        const { workflowId } = await baton.start(aBuild());
        await baton.start(aBuild());
        const most = Number.MAX_SAFE_INTEGER;
        const usage = { ...NO_USAGE, requests: most, inputTokens: most, cost: 1e308 };
        for (let attempt = 0; attempt < 3; attempt++) {
          const claiming = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 5000 };
          const { claim } = await baton.claim(claiming);
          const { token: claimToken } = claim;
          const gone = { workflowId, claimToken, code: 'cancelled', message: 'm', usage };
          await baton.failAttempt({ ...gone, retryable: true });
          clock.advance(1);
        }
        const { usage: used } = await baton.status({ workflowId });
        expect(used['discovery']).toMatchObject({
          requests: most,
          inputTokens: most,
          cost: Number.MAX_VALUE,
        });
        expect((await baton.list({ projectId: 'shop' })).workflows).toHaveLength(2);
        expect(await baton.projectStats({ projectId: 'shop' })).toMatchObject({ total: 2 });
      }),
    );
  });
}
