import { describe, expect, it } from 'vitest';
import { startServer } from '../interop/start-server.ts';
import { olderServer } from '../older-server.ts';
import { baton, TIMEOUT } from './harness.ts';

const NEW = [
  ...['GetWorkflow', 'ListProjects', 'ListDefinitions', 'CancelWorkflow', 'PlanRollback'],
  ...['GetCaller', 'GetProjectHistory'],
];
const REQUEST = { request: 'Greet' };

async function aBuildThere(at: 'http' | 'grpc') {
  const server = await startServer();
  const build = { projectId: 'p', buildId: 'b', userId: 'ada', requirements: REQUEST };
  const { workflowId } = await server.orchestrator.start(build);
  const address = (await olderServer(server, NEW))[at];
  const ask = (...args: readonly string[]) => baton([...args, '--server', address]);
  return { workflowId, ask };
}

describe.each(['http', 'grpc'] as const)(
  'of a server of an older version, over %s',
  TIMEOUT,
  (at) => {
    it('status shows all but the request, and says why', async () => {
      const { workflowId, ask } = await aBuildThere(at);
      const { code, stdout, stderr } = await ask('status', workflowId);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/state +discovery/)]);
      expect(stdout).not.toContain('request ');
      expect(stderr).toContain('without the request: the server is older than this command');
      const { stdout: json } = await ask('status', workflowId, '--json');
      const found = JSON.parse(json);
      expect(found).toMatchObject({ workflowId, state: 'discovery' });
      expect(found).not.toHaveProperty('requirements');
    });

    it('what is new in this version is refused with what the server lacks', async () => {
      const { workflowId, ask } = await aBuildThere(at);
      const lacks = async (method: string, ...args: readonly string[]) => {
        const { code, stdout, stderr } = await ask(...args, '--json');
        expect([method, code, stdout]).toEqual([method, 5, '']);
        expect(JSON.parse(stderr).error).toMatchObject({
          message: expect.stringContaining(`does not know ${method}`),
          metadata: { unknownMethod: method },
          retryable: false,
        });
      };
      await lacks('GetWorkflow', 'status', workflowId, '--outputs');
      await lacks('ListProjects', 'stats');
      await lacks('GetProjectHistory', 'stats', 'p', '--by-day');
      await lacks('ListDefinitions', 'definition', '--list');
      await lacks('CancelWorkflow', 'cancel', workflowId, '--reason', 'r');
      await lacks('PlanRollback', 'rollback', workflowId, '--to', 'discovery', '--preview');
      await lacks('GetCaller', 'whoami');
    });
  },
);
