import { createMemoryStore, createOrchestrator } from '@baton/core';
import { createRecordedTelemetry } from '@baton/core/testing';
import { createLog } from '@baton/server';
import { expect, it } from 'vitest';
import { connect } from './grpc-client.ts';
import { aBuild, startServer } from './start-server.ts';

const CALLER = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

async function tracingServer() {
  const telemetry = createRecordedTelemetry();
  // biome-ignore lint/suspicious/noExplicitAny: lines are what they are found to be
  const lines: any[] = [];
  const log = createLog({ level: 'debug', write: (line) => lines.push(JSON.parse(line)) });
  const orchestrator = createOrchestrator({ store: await createMemoryStore(), telemetry });
  const server = await startServer({ orchestrator, telemetry, log });
  return { ...server, telemetry, lines };
}

it('a call is a span below that of its caller, which its line in the log names', async () => {
  const { httpUrl, telemetry, lines } = await tracingServer();
  const headers = { traceparent: CALLER, 'content-type': 'application/json' };
  const start = `${httpUrl}/api/workflows/shop/start`;
  const build = { buildId: 'b1', userId: 'ada', requirements: {} };
  await fetch(start, { method: 'POST', headers, body: JSON.stringify(build) });
  const [call] = telemetry.named('baton.v1.WorkflowService/StartWorkflow');
  expect(call).toMatchObject({ parent: CALLER, options: { kind: 'server' }, isEnded: true });
  expect(telemetry.named('start')[0]?.parent).toBe(call?.traceparent);
  const line = lines.find(({ message }) => message === 'request');
  expect(call?.traceparent).toContain(`${line.traceId}-${line.spanId}`);
});

it('a call that fails says so by its code; streams and waits are no spans', async () => {
  const { grpcAddress, telemetry, orchestrator } = await tracingServer();
  const { workflowId } = await orchestrator.start({ ...aBuild, buildId: 'b1' });
  const grpc = connect(grpcAddress);
  await grpc.call('getWorkflowStatus', { workflowId: 'wf_unknown' }).catch(() => undefined);
  await grpc
    .call('pollWork', {
      ...{ offers: [{ worker: 'w', roles: ['code_writer'], leaseMs: 1000 }] },
      ...{ capacity: 1, waitMs: 1 },
    })
    .catch(() => undefined);
  const stream = grpc.watch({ workflowId });
  stream.on('error', () => {});
  await new Promise((resolve) => stream.once('data', resolve));
  stream.cancel();
  const calls = telemetry.spans.filter(({ name }) => name.startsWith('baton.v1.'));
  expect(calls).toMatchObject([
    { name: 'baton.v1.WorkflowService/GetWorkflowStatus', failure: 'not_found' },
  ]);
});
