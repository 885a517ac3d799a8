import { createMemoryStore, createOrchestrator } from '@baton/core';
import { expect, it } from 'vitest';
import { createBatonMcp } from './create-baton-mcp.ts';
import type { McpArtifacts } from './mcp-options.ts';
import { createProjectStarter } from './project-starter.ts';
import { connectClient } from './testing/connect-client.ts';
import { createClaimDesk } from './work/claim-desk.ts';

const NOT_FOUND = -32602;
const INVALID = -32602;

async function connect(artifacts?: McpArtifacts) {
  const operations = createOrchestrator({ store: await createMemoryStore() });
  const mcp = createBatonMcp({
    operations,
    startBuild: createProjectStarter(operations),
    desk: createClaimDesk(operations),
    artifacts,
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

const digestOf = (number: number): string => String(number).padStart(64, '0');

/** As many artifacts, each with a title of 8,000 characters. */
function manyArtifacts(many: number): McpArtifacts {
  const all = Array.from({ length: many }, (_, index) => ({
    ...{ number: index + 1, digest: digestOf(index + 1), mediaType: 'text/plain' },
    title: 'x'.repeat(8000),
  }));
  return {
    list: async ({ after = 0, limit = 0 }) => all.slice(after, after + limit) as never,
    async *read({ digest }) {
      yield Buffer.from(`of ${digest}`);
    },
  };
}

it('lists artifacts up to a mebibyte, and reads those beyond it', async () => {
  const { client, read } = await connect(manyArtifacts(250));
  const { artifacts, more } = await read('baton://builds/wf_1/artifacts');
  expect([artifacts.length, more]).toEqual([129, true]);
  const { contents } = await client.readResource({
    uri: `baton://builds/wf_1/artifacts/${digestOf(250)}`,
  });
  expect(contents).toMatchObject([{ mimeType: 'text/plain', text: `of ${digestOf(250)}` }]);
  const reading = client.readResource({ uri: 'baton://builds/wf_1/artifacts/no' });
  await expect(reading).rejects.toMatchObject({
    code: NOT_FOUND,
    message: "build wf_1 has no artifact 'no'",
  });
});
