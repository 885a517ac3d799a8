import { NotMet } from '../not-met.ts';
import type { Scenario } from '../scenario.ts';

/** Leases that the work would take that is withdrawn. */
const WORK_LEASES = 2;

/** The workflow is rolled back while the worker works on it. */
export const withdrawal: Scenario = {
  name: 'withdrawal',
  where: 'own-server',
  expected: 'stops within a lease, reports nothing of what was withdrawn, and takes other work',
  async run({ baton, begin, claimed, complete, expectTimeFor, reports, leaseMs, first }) {
    const workMs = WORK_LEASES * leaseMs;
    // The work that is withdrawn, and the same work once more.
    expectTimeFor(2 * workMs);
    const workflowId = await begin({ workSeconds: workMs / 1000 });
    await claimed(workflowId);
    await baton.rollback({ workflowId, targetState: first, reason: 'to withdraw work' });
    await claimed(workflowId, 2);
    // It takes as long as what was withdrawn, and begins later: a worker that did not stop has reported by its end.
    await complete(workflowId);
    const late = reports.filter(
      (one) =>
        one.workflowId === workflowId && one.refusal !== undefined && one.kind !== 'failAttempt',
    );
    if (late.length === 0) return 'stopped, and took the work that followed';
    throw new NotMet(`it worked on for ${WORK_LEASES} leases, and reported what was withdrawn`);
  },
};
