import type { Bench } from '../field.ts';
import { NotMet } from '../not-met.ts';
import { lost } from '../observed.ts';
import type { Scenario } from '../scenario.ts';
import { PHASES, scriptOf } from '../script.ts';

const LONGEST_WORK_MS = 5000;
/** For a slow worker to report, and to repeat that. */
const REPORT_MS = 5000;
/** Reports that may be refused: a worker that goes on asking floods the server. */
const MOST_REFUSALS = 3;
const RIVAL = 'conformance-rival';
const DAY_MS = 86_400_000;

/** The worker is not heard for a lease while it works, and another one takes its work. */
export const lostLease: Scenario = {
  name: 'lost-lease',
  where: 'own-server',
  expected: 'stops by itself, or reports, accepts the refusal and goes on',
  async run(bench) {
    const { baton, begin, claimed, complete, pause, clock, faults, leaseMs, first } = bench;
    const workMs = Math.min(leaseMs / 2, LONGEST_WORK_MS);
    const workflowId = await begin({ workSeconds: workMs / 1000 });
    await claimed(workflowId);
    faults.hidesWithdrawals = true;
    faults.renew = () => Promise.reject(lost());
    clock.move(leaseMs * 2);
    const roles = [PHASES[first]];
    const { claim, assignment } = await baton.claim({
      ...{ workflowId, worker: RIVAL, roles, leaseMs: DAY_MS },
    });
    await pause(workMs + REPORT_MS);
    faults.hidesWithdrawals = false;
    faults.renew = undefined;
    await baton.advance({
      ...{ workflowId, role: assignment.role, completedState: first, claimToken: claim.token },
      result: scriptOf(first)[first].answer,
    });
    // A slower worker floods the server only now.
    await complete(workflowId, () => expectFewRefusals(bench, workflowId));
    return refused(bench, workflowId) === 0
      ? 'stopped by itself, and went on'
      : 'was refused, and went on';
  },
};

/** @throws NotMet when the worker does not take a refusal for an answer. */
function expectFewRefusals(bench: Bench, workflowId: string): void {
  const refusals = refused(bench, workflowId);
  if (refusals <= MOST_REFUSALS) return;
  throw new NotMet(`it sent a report ${refusals} times that was refused each time`);
}

function refused({ reports }: Bench, workflowId: string): number {
  return reports.filter((one) => one.workflowId === workflowId && one.refusal !== undefined).length;
}
