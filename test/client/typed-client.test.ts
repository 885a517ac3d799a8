import { type BatonClient, type BuildWorkflow, createBatonClient } from '@baton/client';
import { createMemoryStore, createOrchestrator, createRunner } from '@baton/core';
import { createServer } from '@baton/server';
import { expect, expectTypeOf, it, onTestFinished } from 'vitest';

it('has the names and outputs of known definitions, and goes where a client goes', async () => {
  const orchestrator = createOrchestrator({ store: await createMemoryStore() });
  const server = await createServer({ orchestrator, grpcPort: 0, httpPort: 0 });
  const baseUrl = `http://127.0.0.1:${server.httpPort}`;
  const baton = createBatonClient<BuildWorkflow>({ baseUrl });
  onTestFinished(async () => {
    baton.close();
    await server.stop();
  });
  const begin = { projectId: 'p', buildId: 'b', userId: 'ada', requirements: {} };
  const { workflowId } = await baton.start(begin);
  const discovery = { workflowId, role: 'q_assistant', completedState: 'discovery' } as const;
  // @ts-expect-error there is no such state
  await expect(baton.advance({ ...discovery, completedState: 'discovry' })).rejects.toThrow();
  const requirements = ['r'];
  // @ts-expect-error the summary is a text
  const wrong = baton.advance({ ...discovery, result: { summary: 1, requirements } });
  await expect(wrong).rejects.toThrow();
  const { state } = await baton.advance({ ...discovery, result: { summary: 's', requirements } });
  expect(state).toBe('planning');
  expectTypeOf(baton).toExtend<BatonClient>();
  createRunner({ source: baton, roles: [] });
});
