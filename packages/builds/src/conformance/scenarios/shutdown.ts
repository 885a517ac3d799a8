import { NotMet } from '../not-met.ts';
import type { Scenario } from '../scenario.ts';
import { endText } from '../worker-process.ts';

/** Until the server knows that the worker takes no more. */
const ON_THE_WAY_MS = 1000;
/** Longer than that. */
const WORK_SECONDS = 3;

/** The worker gets SIGTERM while it works. */
export const shutdown: Scenario = {
  name: 'shutdown',
  where: 'own-server',
  expected: 'ends with exit code 0 in time after SIGTERM, and leaves no claim behind',
  async run(bench) {
    const { baton, begin, claimed, until, pause, worker, graceMs, first } = bench;
    const workflowId = await begin({ workSeconds: WORK_SECONDS });
    await claimed(workflowId);
    bench.expectEnd();
    worker.terminate();
    const late = performance.now() + graceMs;
    await pause(ON_THE_WAY_MS);
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
