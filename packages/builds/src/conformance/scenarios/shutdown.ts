import { NotMet } from '../not-met.ts';
import type { Scenario } from '../scenario.ts';
import { endText } from '../worker-process.ts';

/** Time to stop taking work. */
const HEARD_MS = 1000;

/** The worker gets SIGTERM while it works. */
export const shutdown: Scenario = {
  name: 'shutdown',
  where: 'own-server',
  expected: 'ends with exit code 0 in time after SIGTERM, and leaves no claim behind',
  async run(bench) {
    const { baton, begin, claimed, until, pause, worker, leaseMs, graceMs, first } = bench;
    const workMs = Math.min(leaseMs, graceMs / 2);
    const workflowId = await begin({ workSeconds: workMs / 1000 });
    await claimed(workflowId);
    bench.expectEnd();
    worker.terminate();
    const late = performance.now() + graceMs;
    // What was on its way to the worker when it stopped is not its fault.
    await pause(HEARD_MS);
    const other = await begin();
    const end = await until('end after SIGTERM', () => {
      const ended = worker.end();
      if (ended === undefined && performance.now() > late) {
        throw new NotMet(`it still ran ${graceMs / 1000} s after SIGTERM`);
      }
      return ended;
    });
    if (end.code !== 0) throw new NotMet(`it ended ${endText(end)}, expected exit code 0`);
    for (const one of [workflowId, other]) {
      const { claim, state } = await baton.status({ workflowId: one });
      if (claim === undefined) continue;
      throw new NotMet(
        `it ended and kept its claim on '${state}': others have to wait until it runs out`,
      );
    }
    const { state } = await baton.status({ workflowId });
    return state === first ? 'gave its work back' : 'finished its work';
  },
};
