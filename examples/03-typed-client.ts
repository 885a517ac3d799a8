// The typed client against a server: `npx -y pnpm@12 serve` in another terminal.
import { createBatonClient } from '@baton/client';

const baton = createBatonClient({ baseUrl: process.argv[2] ?? 'http://127.0.0.1:7481' });

const { workflowId } = await baton.start({
  projectId: 'shop',
  buildId: `b-${Date.now()}`,
  userId: 'ada',
  requirements: { request: 'Build me a dark mode feature' },
});
const planning = baton.waitFor(workflowId, 'planning');
await baton.advance({
  workflowId,
  role: 'q_assistant',
  completedState: 'discovery',
  result: { summary: 'A dark mode', requirements: ['A switch changes the colours'] },
});
const { state, progressPercent, expectedNext } = await planning;
console.log(`${state}, ${progressPercent} %: ${expectedNext.description}`);
baton.close();
