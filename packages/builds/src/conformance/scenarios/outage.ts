import type { Scenario } from '../scenario.ts';

const LONGEST_WORK_MS = 5000;

/** The server goes away while the worker works, and comes back after the work is done. */
export const outage: Scenario = {
  name: 'outage',
  where: 'own-server',
  expected:
    'waits for the server, reports what it did meanwhile or does it anew, and takes other work',
  async run({ begin, claimed, complete, pause, cutOff, letIn, leaseMs }) {
    const workMs = Math.min(leaseMs / 2, LONGEST_WORK_MS);
    const workflowId = await begin({ workSeconds: workMs / 1000 });
    await claimed(workflowId);
    cutOff();
    await pause(workMs + 500);
    letIn();
    await complete(workflowId);
    await complete(await begin());
    return 'came back, and went on';
  },
};
