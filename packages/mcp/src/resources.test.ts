import { createMemoryStore, createOrchestrator } from '@baton/core';
import { expect, it } from 'vitest';
import { createBatonMcp } from './create-baton-mcp.ts';
import { createProjectStarter } from './project-starter.ts';
import { connectClient } from './testing/connect-client.ts';
import { createClaimDesk } from './work/claim-desk.ts';

const NOT_FOUND = -32602;
const INVALID = -32602;

async function connect() {
  const operations = createOrchestrator({ store: await createMemoryStore() });
  const mcp = createBatonMcp({
    operations,
    startBuild: createProjectStarter(operations),
    desk: createClaimDesk(operations),
  });
  const { client } = await connectClient(mcp, { era: '2026', way: 'stdio' });
  const started = {
    ...{ projectId: 'a/b %41?#ü', buildId: 'b', userId: 'ada', requirements: { request: 'Build' } },
  };
  const { workflowId } = await operations.start(started);
  async function read(uri: string) {
    const { contents } = await client.readResource({ uri });
    return JSON.parse((contents[0] as { text: string }).text);
  }
  return { client, operations, workflowId, read };
}

it.each([
  ['baton://builds/wf_no', NOT_FOUND, "there is no workflow 'wf_no'"],
  ['baton://builds/wf_no/handoffs', NOT_FOUND, "there is no workflow 'wf_no'"],
  ['baton://definitions/nope', INVALID, "unknown definition 'nope'; definitions: build@1"],
  ['baton://builds/%E0%A4%A', INVALID, "workflowId: found '%E0%A4%A'; expected percent-encoded"],
  ['baton://builds/%00/events', INVALID, 'must not contain NUL'],
])('says what is wrong with the address %s', async (uri, code, message) => {
  const { client } = await connect();
  const reading = client.readResource({ uri });
  await expect(reading).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

it('takes ids of any characters', async () => {
  const { read } = await connect();
  const uri = `baton://projects/${encodeURIComponent('a/b %41?#ü')}/stats`;
  expect(await read(uri)).toMatchObject({ projectId: 'a/b %41?#ü', total: 1 });
});

it('answers no more of a list than a mebibyte, and says so', async () => {
  const { read, operations, workflowId } = await connect();
  const summary = 'x'.repeat(700_000);
  for (let round = 0; round < 3; round++) {
    const result = { summary, requirements: ['A switch'] };
    const role = 'q_assistant';
    await operations.advance({ workflowId, role, completedState: 'discovery', result });
    await operations.rollback({ workflowId, targetState: 'discovery', reason: 'Again' });
  }
  const { handoffs, more } = await read(`baton://builds/${workflowId}/handoffs`);
  expect([handoffs.length, more]).toEqual([1, true]);
  const trail = await read(`baton://builds/${workflowId}/events`);
  const { sequence } = await operations.status({ workflowId });
  expect([trail.events.length, trail.more]).toEqual([sequence, false]);
});
