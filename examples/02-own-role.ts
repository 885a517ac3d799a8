// A role of your own: it gets an assignment, and answers with an outcome. The runner does the rest.
import { createMemoryStore, createOrchestrator, createRunner, type RoleAdapter } from '@baton/core';

const assistant: RoleAdapter = {
  role: 'q_assistant',
  async perform({ state, requirements, answers }, { progress }) {
    progress(`${state}: ${requirements['request']}`);
    if (answers.length === 0) {
      return { kind: 'ask', questions: [{ text: 'Which colours?', choices: ['grey', 'black'] }] };
    }
    const colours = answers[0]?.answer;
    if (state === 'discovery') {
      return {
        kind: 'advance',
        result: { summary: 'A dark mode', requirements: [`In ${colours}`] },
      };
    }
    const result = { steps: ['Add a switch'], testingStrategy: 'Unit tests', risks: [] };
    return { kind: 'advance', result };
  },
};

const baton = createOrchestrator({ store: await createMemoryStore() });
const runner = createRunner({ source: baton, roles: [assistant] });
const running = runner.run();

const { workflowId } = await baton.start({
  projectId: 'shop',
  buildId: 'b1',
  userId: 'ada',
  requirements: { request: 'Build me a dark mode feature' },
});
for await (const { type, data } of baton.watch({ workflowId })) {
  if (type === 'question_asked') {
    await baton.answerQuestion({ workflowId, questionId: 'q1', answer: 'grey', by: 'ada' });
  }
  if (data['to'] === 'handoff_to_coder') break; // where the Code Writer takes over
}
console.log((await baton.history({ workflowId })).handoffs.map(({ data }) => data));

await runner.stop();
await running;
