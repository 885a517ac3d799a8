// A process that performs the first role of builds that another process starts, and tells when it begins to.
import { openStore } from '@baton/adapters/open-store';
import { createOrchestrator, createRunner } from '@baton/core';

const [url = ''] = process.argv.slice(2);
const { store, dispatcher } = await openStore(url);
const runner = createRunner({
  source: createOrchestrator({ store, dispatcher }),
  roles: [
    {
      role: 'q_assistant',
      async perform() {
        process.send?.(Number(process.hrtime.bigint() / 1000n));
        return { kind: 'fail', reason: 'measured' };
      },
    },
  ],
  onReport(report) {
    if (report.kind === 'trouble') console.error(report);
  },
});
// The parent process has ended.
process.on('disconnect', () => process.exit());
void runner.run();
// Its subscription stands by then.
setTimeout(() => process.send?.(0), 1000);
