import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, it, onTestFinished } from 'vitest';
import type { About } from './calls.ts';
import { startBench } from './situations.ts';

interface ToolCall {
  readonly name: string;
  readonly input: (about: About) => object;
  /** Permissions that it needs. */
  readonly needs: readonly string[];
  readonly isOfWorkflow: boolean;
}

const inBuild = ({ workflowId }: About) => ({ workflowId });

/** Each tool that reaches an operation by itself; the others go on with what `take_work` has taken. */
const TOOLS: readonly ToolCall[] = [
  {
    name: 'start_build',
    input: ({ projectId, buildId }) => ({ request: 'Build', projectId, buildId }),
    ...{ needs: ['start', 'read'], isOfWorkflow: false },
  },
  { name: 'get_build', input: inBuild, needs: ['read'], isOfWorkflow: true },
  { name: 'list_builds', input: () => ({}), needs: ['read'], isOfWorkflow: false },
  {
    name: 'wait_for_change',
    input: (about) => ({ ...inBuild(about), afterSequence: 0, timeoutSeconds: 0 }),
    ...{ needs: ['read'], isOfWorkflow: true },
  },
  {
    name: 'answer_question',
    input: (about) => ({ ...inBuild(about), questionId: 'q', answer: 'yes' }),
    ...{ needs: ['read', 'decide'], isOfWorkflow: true },
  },
  {
    name: 'request_retry',
    input: (about) => ({ ...inBuild(about), reason: 'again' }),
    ...{ needs: ['read', 'steer'], isOfWorkflow: true },
  },
  {
    name: 'rollback_build',
    input: (about) => ({ ...inBuild(about), targetState: 'discovery', reason: 'back' }),
    ...{ needs: ['read', 'steer'], isOfWorkflow: true },
  },
  {
    name: 'cancel_build',
    input: (about) => ({ ...inBuild(about), reason: 'stop' }),
    ...{ needs: ['read', 'steer'], isOfWorkflow: true },
  },
  {
    name: 'take_work',
    input: (about) => ({ ...inBuild(about), roles: [about.role], waitSeconds: 0 }),
    ...{ needs: ['perform'], isOfWorkflow: true },
  },
];

async function connect(httpUrl: string, token: string | undefined): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: 'legacy' } as never },
  );
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', httpUrl), {
    requestInit: { headers },
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

it('has the operations that its caller may use, and asks who that is', async () => {
  const { httpUrl, situations, about } = await startBench();
  const faults: string[] = [];
  for (const { name, token } of situations) {
    const client = await connect(httpUrl, token).catch(String);
    const isKnown = !['none', 'no key at all', 'mistyped', 'wrong', 'expired', 'revoked'].includes(
      name,
    );
    if (typeof client === 'string') {
      if (isKnown) faults.push(`${name}: ${client}`);
      continue;
    }
    if (!isKnown) faults.push(`${name}: let in`);
    for (const tool of TOOLS) {
      const { isError, content } = await client.callTool({
        name: tool.name,
        arguments: tool.input(await about()) as Record<string, unknown>,
      });
      const text = JSON.stringify(content);
      const isLacking = tool.needs.some((one) => name === `without ${one}`);
      const isRole = name === 'wrong role' && tool.name === 'take_work';
      const isDenied = isError === true && text.includes('may not do that');
      if (isDenied !== (isLacking || isRole)) faults.push(`${name}, ${tool.name}: ${text}`);
      const isHidden = isError === true && /there is no (workflow|project)/.test(text);
      const isElsewhere =
        name === 'other project' && (tool.isOfWorkflow || tool.name === 'start_build');
      if (isHidden !== isElsewhere) faults.push(`${name}, ${tool.name}: ${text}`);
    }
  }
  expect(faults).toEqual([]);
});
