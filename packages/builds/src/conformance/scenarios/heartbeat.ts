import { NotMet } from '../not-met.ts';
import type { Scenario } from '../scenario.ts';

/** Work takes longer than the lease. */
export const heartbeat: Scenario = {
  name: 'heartbeat',
  where: 'anywhere',
  expected: 'renews its claim while it works for longer than the lease',
  async run({ baton, begin, claimed, complete, expectTimeFor, until, leaseMs, first }) {
    const workMs = 1.5 * leaseMs;
    expectTimeFor(workMs);
    const workflowId = await begin({ workSeconds: workMs / 1000 });
    const { expiresAt } = await claimed(workflowId);
    let renewedUntil = expiresAt;
    await until(`end '${first}'`, async () => {
      const { state, claim, attempt } = await baton.status({ workflowId });
      if (state !== first) return true;
      if (attempt > 1) throw new NotMet('its claim ran out, and the work was given out again');
      renewedUntil = Math.max(renewedUntil, claim?.expiresAt ?? 0);
      return undefined;
    });
    if (renewedUntil === expiresAt) throw new NotMet('it let its claim run out without a renewal');
    await complete(workflowId);
    return 'kept its claim';
  },
};
