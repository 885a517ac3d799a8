import { spawnSync } from 'node:child_process';
import { createMemoryStore, createOrchestrator, type GrantInput } from '@baton/core';
import { createAccess, createApiKeys, createKeyAuthenticator, serve } from '@baton/server';
import { createMetrics } from '@baton/telemetry/metrics';
import { describe, expect, it, onTestFinished } from 'vitest';
import { told } from '../../packages/telemetry/src/metrics/testing/samples.ts';
import { connect } from './grpc-client.ts';
import { aBuild, startServer } from './start-server.ts';

/** Why Prometheus' own check cannot be asked; on CI it must be. */
function promtoolMissing(): string | undefined {
  const { error } = spawnSync('promtool', ['--version']);
  if (error === undefined) return undefined;
  const reason = `promtool cannot be started (${error.message}): install prometheus to run these tests`;
  if (process.env['CI']) throw new Error(reason);
  console.error(`SKIPPED: ${reason}`);
  return reason;
}

async function measuredServer(options: Parameters<typeof startServer>[0] = {}) {
  const metrics = createMetrics();
  onTestFinished(() => metrics.stop());
  const store = metrics.measure(await createMemoryStore());
  metrics.watchQueues(store, ['q_assistant']);
  const orchestrator = createOrchestrator({ store, listeners: [metrics.listener] });
  return { metrics, ...(await startServer({ orchestrator, metrics, ...options })) };
}

const scrape = async (url: string) => (await fetch(url)).text();

describe('metrics', () => {
  it('count operations of every protocol by method and outcome', async () => {
    const { httpUrl, grpcAddress } = await measuredServer();
    const grpc = connect(grpcAddress);
    await grpc.call('listWorkflows', {});
    await grpc.call('getWorkflowStatus', { workflowId: 'wf_unknown' }).catch(() => undefined);
    await fetch(`${httpUrl}/api/workflows`);
    const headers = { 'content-type': 'application/json' };
    const rpc = `${httpUrl}/baton.v1.WorkflowService/ListWorkflows`;
    await fetch(rpc, { method: 'POST', headers, body: '{}' });
    const text = await scrape(`${httpUrl}/metrics`);
    expect(told(text, 'baton_operation_duration_seconds_count')).toEqual({
      '{method="ListWorkflows",outcome="ok"}': 3,
      '{method="GetWorkflowStatus",outcome="not_found"}': 1,
    });
  });

  it('tell of open connections and streams, and how streams end', async () => {
    const { httpUrl, grpcAddress, orchestrator } = await measuredServer();
    const { workflowId } = await orchestrator.start({ ...aBuild, buildId: 'b1' });
    const stream = connect(grpcAddress).watch({ workflowId });
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('data', resolve));
    const open = await scrape(`${httpUrl}/metrics`);
    expect(told(open, 'baton_open_streams')).toEqual({ '': 1 });
    expect(told(open, 'baton_open_connections')).toMatchObject({ '{port="grpc"}': 1 });
    stream.cancel();
    await expect
      .poll(async () => {
        const text = await scrape(`${httpUrl}/metrics`);
        return [told(text, 'baton_open_streams'), told(text, 'baton_streams_total')];
      })
      .toEqual([{}, { '{method="WatchWorkflow",outcome="cancelled"}': 1 }]);
  });

  it('are not there unless they are served', async () => {
    const plain = await startServer();
    expect((await fetch(`${plain.httpUrl}/metrics`)).status).toBe(404);
    const elsewhere = await measuredServer({ metricsRoute: false });
    expect((await fetch(`${elsewhere.httpUrl}/metrics`)).status).toBe(404);
    const served = await measuredServer();
    const posted = await fetch(`${served.httpUrl}/metrics`, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('are for callers alone that may read all projects, where the server asks who calls', async () => {
    const { documents } = await createMemoryStore();
    const access = createAccess([createKeyAuthenticator(documents)]);
    const { httpUrl } = await measuredServer({ access });
    const keys = createApiKeys({ documents });
    const answerTo = async (grant: GrantInput) => {
      const { secretKey } = await keys.create({ name: 'prometheus', grant });
      const headers = { authorization: `Bearer ${secretKey}` };
      return (await fetch(`${httpUrl}/metrics`, { headers })).status;
    };
    expect((await fetch(`${httpUrl}/metrics`)).status).toBe(401);
    expect(await answerTo({ projects: ['shop'], permissions: ['read'] })).toBe(403);
    expect(await answerTo({ projects: '*', permissions: ['perform'] })).toBe(403);
    expect(await answerTo({ projects: '*', permissions: ['read'] })).toBe(200);
  });

  it.each(['on', '0'])(
    'are served by the server as a process with BATON_METRICS=%s',
    async (place) => {
      const server = await serve({
        ...{ DATABASE_URL: 'memory:', BATON_GRPC_PORT: '0', BATON_HTTP_PORT: '0' },
        ...{ LOG_LEVEL: 'silent', BATON_METRICS: place, BATON_METRICS_PROJECTS: 'on' },
      });
      onTestFinished(() => server.stop());
      await server.orchestrator.start({ ...aBuild, buildId: 'b1' });
      const url = server.metricsUrl ?? `${server.url}/metrics`;
      const text = await scrape(url);
      expect(told(text, 'baton_builds_started_total')).toEqual({ '{project="shop"}': 1 });
      expect(told(text, 'baton_commits_total')).toEqual({ '{result="committed"}': 1 });
      expect(told(text, 'baton_queue_length')).toEqual({ '{role="q_assistant"}': 1 });
      expect(server.summary).toContain(place === 'on' ? '/metrics on the HTTP port' : url);
      expect((await fetch(`${server.url}/metrics`)).status).toBe(place === 'on' ? 200 : 404);
      await server.stop();
      await expect(fetch(url)).rejects.toThrow();
    },
  );

  it.skipIf(promtoolMissing())('pass the check of Prometheus', async () => {
    const { metrics, httpUrl, orchestrator } = await measuredServer();
    const models = ['odd"name\\with\nall'];
    const { workflowId } = await orchestrator.start({ ...aBuild, buildId: 'b1' });
    const { claim } = await orchestrator.claim({
      ...{ workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 },
      principal: { models, modelFamilies: [] },
    });
    const usage = {
      ...{ requests: 1, inputTokens: 9, cachedInputTokens: 1, outputTokens: 2 },
      ...{ reasoningTokens: 1, cost: 0.1, unpricedRequests: 1 },
    };
    await orchestrator.advance({
      ...{ workflowId, claimToken: claim.token, role: 'q_assistant', completedState: 'discovery' },
      ...{ result: { summary: 's', requirements: ['r'] }, usage },
    });
    metrics.observe('stalls', {}, 0.1);
    const text = await scrape(`${httpUrl}/metrics`);
    expect(told(text, 'baton_tokens_total')).not.toEqual({});
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect([checked.stdout, checked.stderr, checked.status]).toEqual(['', '', 0]);
  });
});
