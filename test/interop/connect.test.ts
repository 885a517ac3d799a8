import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError, type Orchestrator } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import {
  AssignmentService,
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
  WorkflowService,
} from '@baton/proto';
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { describe, expect, it } from 'vitest';
import { aBuild, startServer } from './start-server.ts';

const transports: Record<string, (baseUrl: string) => Transport> = {
  'Connect with protobuf': (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '1.1' }),
  'Connect with JSON': (baseUrl) =>
    createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false }),
  'gRPC-Web': (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: '1.1' }),
};

async function refusal(call: Promise<unknown>) {
  const error = ConnectError.from(
    await call.then(
      () => 'expected a refusal',
      (reason) => reason,
    ),
  );
  return {
    code: error.code,
    message: error.rawMessage,
    info: error.findDetails(ErrorInfoSchema)[0],
    fields: error.findDetails(BadRequestSchema)[0]?.fieldViolations.map(({ field }) => field),
    retryDelay: error.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds,
  };
}

describe.each(Object.entries(transports))('%s', (_name, transport) => {
  it('drives a build from start to complete', async () => {
    const { httpUrl } = await startServer();
    const client = createClient(WorkflowService, transport(httpUrl));
    const { workflowId } = await client.startWorkflow({ ...aBuild, buildId: 'b1' });
    const events = client.watchWorkflow({ workflowId });
    for (;;) {
      const { status } = await client.getWorkflowStatus({ workflowId });
      if (status?.role === undefined) break;
      const { state, role } = status;
      const result = passingOutputs[state as keyof typeof passingOutputs] as object | undefined;
      await client.advanceWorkflow({
        workflowId,
        role,
        completedState: state,
        ...(result && { result: { ...result } }),
      });
    }
    const sequences = [];
    for await (const { event } of events) sequences.push(event?.sequence);
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const { stats } = await client.getProjectStats({ projectId: 'shop' });
    expect(stats).toMatchObject({ total: 1, completed: 1 });
  });

  it('carries the same error details as gRPC', async () => {
    const { httpUrl } = await startServer();
    const client = createClient(WorkflowService, transport(httpUrl));
    expect(await refusal(client.startWorkflow({ ...aBuild, buildId: '' }))).toMatchObject({
      code: Code.InvalidArgument,
      fields: ['build_id'],
      info: { reason: 'INVALID_INPUT', domain: 'baton.dev', metadata: { retryable: 'false' } },
    });
    const { workflowId } = await client.startWorkflow({ ...aBuild, buildId: 'b1' });
    const advance = { workflowId, role: 'q_assistant', completedState: 'discovery' };
    const result = { summary: 'a', requirements: ['b'] };
    const illegal = await refusal(
      client.advanceWorkflow({ ...advance, result, nextState: 'testing' }),
    );
    expect(illegal).toMatchObject({
      code: Code.FailedPrecondition,
      info: { reason: 'ILLEGAL_TRANSITION' },
    });
    expect(illegal.info?.metadata['legal']?.split(',')).toContain('planning');
    const stale = client.advanceWorkflow({ ...advance, result, expectedEpoch: 7 });
    expect(await refusal(stale)).toMatchObject({
      code: Code.Aborted,
      info: { reason: 'STALE_EPOCH' },
    });
    const runner = createClient(AssignmentService, transport(httpUrl));
    expect(await refusal(runner.renewClaim({ workflowId, claimToken: 't' }))).toMatchObject({
      fields: ['lease'],
    });
    const watch = client.watchWorkflow({ workflowId: 'nope' })[Symbol.asyncIterator]();
    expect(await refusal(watch.next())).toMatchObject({
      code: Code.NotFound,
      info: { reason: 'NOT_FOUND' },
    });
  });

  it('refuses a message above 4 MiB with RESOURCE_EXHAUSTED', async () => {
    const { httpUrl } = await startServer();
    const client = createClient(WorkflowService, transport(httpUrl));
    // Were it read, the user id would be refused as too long an id.
    const call = client.startWorkflow({ ...aBuild, userId: 'x'.repeat(5 * 1024 * 1024) });
    expect((await refusal(call)).code).toBe(Code.ResourceExhausted);
  });

  it('keeps deadlines, and says when to come back', async () => {
    const slow = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      status: async (request) => {
        await sleep(600);
        return orchestrator.status(request);
      },
      projectStats: () => Promise.reject(new BatonError('unavailable', 'the store is away')),
    });
    const { httpUrl } = await startServer({}, slow);
    const client = createClient(WorkflowService, transport(httpUrl));
    const late = client.getWorkflowStatus({ workflowId: 'w' }, { timeoutMs: 100 });
    expect((await refusal(late)).code).toBe(Code.DeadlineExceeded);
    expect(await refusal(client.getProjectStats({ projectId: 'p' }))).toMatchObject({
      code: Code.Unavailable,
      info: { metadata: { retryable: 'true' } },
      retryDelay: 1n,
    });
  });

  it('ends the watch of a caller who has gone', async () => {
    const signals: AbortSignal[] = [];
    const spying = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      watch(request, signal) {
        if (signal) signals.push(signal);
        return orchestrator.watch(request, signal);
      },
    });
    const { httpUrl } = await startServer({}, spying);
    const client = createClient(WorkflowService, transport(httpUrl));
    const { workflowId } = await client.startWorkflow({ ...aBuild, buildId: 'b1' });
    const abort = new AbortController();
    const watch = client.watchWorkflow({ workflowId }, { signal: abort.signal });
    const events = watch[Symbol.asyncIterator]();
    await events.next();
    abort.abort();
    await expect(events.next()).rejects.toMatchObject({ code: Code.Canceled });
    await expect.poll(() => signals[0]?.aborted).toBe(true);
  });
});

describe('Connect as plain HTTP', () => {
  it('answers JSON that is no message with INVALID_ARGUMENT', async () => {
    const { httpUrl } = await startServer();
    const response = await fetch(`${httpUrl}/baton.v1.WorkflowService/GetProjectStats`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"projectId": 5}',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_argument' });
  });

  it.each([
    ['application/connect+json', 'connect-timeout-ms', '9999999999'],
    ['application/connect+json', 'connect-timeout-ms', '2147483648'],
    ['application/grpc-web+json', 'grpc-timeout', '99999999H'],
    ['application/grpc-web+json', 'grpc-timeout', '600H'],
  ])('takes a deadline that is far away for one: %s with %s %s', async (type, name, timeout) => {
    const { httpUrl, orchestrator } = await startServer();
    const { workflowId } = await orchestrator.start({ ...aBuild, buildId: 'b1' });
    const message = Buffer.from(JSON.stringify({ workflowId }));
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    const leave = new AbortController();
    const response = await fetch(`${httpUrl}/baton.v1.WorkflowService/WatchWorkflow`, {
      method: 'POST',
      headers: { 'content-type': type, [name]: timeout },
      body: Buffer.concat([prefix, message]),
      signal: leave.signal,
    });
    const reader = response.body?.getReader();
    const next = async () => Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(await next()).toContain('workflow_started');
    // Longer than a timer that fires at once would take.
    await sleep(50);
    const completedState = 'discovery';
    const result = passingOutputs[completedState];
    await orchestrator.advance({ workflowId, role: 'q_assistant', completedState, result });
    expect(await next()).toContain('state_advanced');
    leave.abort();
  });

  it('answers the deadline that a caller set, who does not watch it', async () => {
    const endless = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      projectStats: () => new Promise(() => {}),
    });
    const { httpUrl } = await startServer({}, endless);
    const response = await fetch(`${httpUrl}/baton.v1.WorkflowService/GetProjectStats`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'connect-timeout-ms': '100' },
      body: '{"projectId":"p"}',
    });
    expect(await response.json()).toMatchObject({ code: 'deadline_exceeded' });
  });
});
