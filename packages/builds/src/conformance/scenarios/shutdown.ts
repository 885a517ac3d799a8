import { NotMet } from '../not-met.ts';
import type { Scenario } from '../scenario.ts';
import { endText } from '../worker-process.ts';

/** Until the server knows that the worker takes no more. */
const ON_THE_WAY_MS = 1000;
/** Longer than that. */
const WORK_MS = 3000;

/** The worker gets SIGTERM while it works. */
export const shutdown: Scenario = {
  name: 'shutdown',
  where: 'own-server',
  expected: 'ends with exit code 0 in time after SIGTERM, and leaves no claim behind',
  async run(bench) {
    const { baton, begin, claimed, expectTimeFor, until, pause } = bench;
    const { worker, leaseMs, graceMs, first } = bench;
    const heardMs = leaseMs / 2;
    expectTimeFor(heardMs + WORK_MS);
    const workflowId = await begin({ workSeconds: (heardMs + WORK_MS) / 1000 });
    const { expiresAt } = await claimed(workflowId);
    // A renewal shows that the worker has what was claimed for it.
    const heardBy = performance.now() + heardMs;
    while (performance.now() < heardBy) {
      const { claim } = await baton.status({ workflowId });
      if (claim?.expiresAt !== expiresAt) break;
      await pause(1);
    }
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
