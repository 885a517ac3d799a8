import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';

/** Answers to renewals take half a lease. */
export const slowHeartbeat: Scenario = {
  name: 'slow-heartbeat',
  where: 'own-server',
  expected: 'keeps its claim, or gives the work up, while renewals are answered late',
  async run({ baton, begin, complete, expectTimeFor, until, faults, leaseMs, first }) {
    const workMs = 2 * leaseMs;
    // Given up and taken anew, the work takes its time twice.
    expectTimeFor(2 * workMs);
    faults.renew = async (perform) => {
      const renewed = await perform();
      await sleep(leaseMs / 2);
      return renewed;
    };
    const workflowId = await begin({ workSeconds: workMs / 1000 });
    const attempts = await until(`end '${first}'`, async () => {
      const { state, attempt } = await baton.status({ workflowId });
      if (state !== first) return 1;
      return attempt > 1 ? attempt : undefined;
    });
    faults.renew = undefined;
    await complete(workflowId);
    return attempts === 1 ? 'kept its claim' : 'gave the work up, and took it anew';
  },
};
