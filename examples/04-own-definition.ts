// A workflow of your own: states, roles, gates and outputs, checked when it is defined.
import { createMemoryStore, createOrchestrator, defineWorkflow } from '@baton/core';
import { z } from 'zod';

const article = defineWorkflow({
  name: 'article',
  version: 1,
  roles: {
    writer: { title: 'Writer', instructions: 'Write the article.' },
    editor: { title: 'Editor', instructions: 'Edit it, or send it back.' },
  },
  states: {
    draft: {
      phase: 'writer',
      output: z.looseObject({ words: z.int().positive() }),
      gates: [
        {
          name: 'long_enough',
          description: 'At least 100 words',
          check: ({ words }) => (words >= 100 ? undefined : `found ${words} words`),
        },
      ],
      to: 'desk',
    },
    desk: { handoff: ['writer', 'editor'], to: 'edit', retryTo: 'draft' },
    edit: { phase: 'editor', output: z.looseObject({}), to: 'published', retryTo: 'draft' },
    published: { final: true },
  },
  retries: [['edit', 'draft']],
  approvals: [{ from: 'edit', to: 'published', by: ['grace'] }],
});

const baton = createOrchestrator({ store: await createMemoryStore(), definitions: [article] });
const { workflowId } = await baton.start({
  projectId: 'magazine',
  buildId: 'issue-1',
  userId: 'ada',
  requirements: { topic: 'Relay races' },
});
// Names and outputs are typed: 'drafd' or { words: 'many' } does not compile.
const draft = { workflowId, role: 'writer', completedState: 'draft' } as const;
const tooShort = await baton.advance({ ...draft, result: { words: 12 } }).catch((error) => error);
console.log(tooShort.message);
await baton.advance({ ...draft, result: { words: 800 } });
await baton.advance({ workflowId, role: 'editor', completedState: 'desk' });
await baton.advance({ workflowId, role: 'editor', completedState: 'edit', result: {} });
await baton.decideApproval({ workflowId, approved: true, by: 'grace' });
console.log((await baton.status({ workflowId })).state);
