// Baton in your own process: start a build, hand over the first phase, read the audit trail.
import { createSqliteStore } from '@baton/adapters/sqlite';
import { createOrchestrator } from '@baton/core';

const store = await createSqliteStore({ path: process.argv[2] ?? ':memory:' });
const baton = createOrchestrator({ store });

const { workflowId } = await baton.start({
  projectId: 'shop',
  buildId: 'b1',
  userId: 'ada',
  requirements: { request: 'Build me a dark mode feature' },
  requestId: 'start-b1', // the same request again gets the same answer
});
const { state, role } = await baton.advance({
  workflowId,
  role: 'q_assistant',
  completedState: 'discovery',
  result: { summary: 'A dark mode', requirements: ['A switch changes the colours'] },
  requestId: 'discovery-b1',
});
console.log(`now in ${state}, and ${role} is to act`);

for await (const { sequence, type, triggeredBy } of baton.watch({ workflowId, follow: false })) {
  console.log(sequence, type, triggeredBy);
}
await store.close();
