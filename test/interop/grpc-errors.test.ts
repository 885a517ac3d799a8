import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError, type Orchestrator } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { createLog } from '@baton/server';
import { status as Code, Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { callRaw, connect, refusal } from './grpc-client.ts';
import { aBuild, startServer } from './start-server.ts';
import { toStruct } from './struct.ts';

const start = { ...aBuild, buildId: 'b1', requirements: toStruct(aBuild.requirements) };
const result = toStruct(passingOutputs.discovery);

describe('gRPC errors', () => {
  it('name the fields that are wrong as the .proto files do', async () => {
    const client = connect((await startServer()).grpcAddress);
    const found = await refusal(
      client.call('startWorkflow', { ...start, buildId: '', userId: '' }),
    );
    expect(found.code).toBe(Code.INVALID_ARGUMENT);
    expect(found.info).toMatchObject({ reason: 'INVALID_INPUT', domain: 'baton.dev' });
    expect(found.violations.map(({ field }) => field)).toEqual(['build_id', 'user_id']);
    const lease = { seconds: 0, nanos: 1 };
    const claim = { workflowId: 'w', worker: 'w', roles: ['r'], lease };
    const fraction = await refusal(client.call('claimAssignment', claim));
    expect(fraction.violations.map(({ field }) => field)).toEqual(['lease']);
    const tooShort = { ...claim, lease: { seconds: 0, nanos: 1_000_000 } };
    const range = await refusal(client.call('claimAssignment', tooShort));
    expect(range.violations.map(({ field }) => field)).toEqual(['lease']);
    expect(range.message).toContain('is not valid: lease: ');
  });

  it('tell the legal choices, whether a retry helps, and what is current', async () => {
    const client = connect((await startServer()).grpcAddress);
    expect(await refusal(client.call('getWorkflowStatus', { workflowId: 'nope' }))).toMatchObject({
      code: Code.NOT_FOUND,
      info: { reason: 'NOT_FOUND', metadata: { retryable: 'false' } },
    });
    const { workflowId } = await client.call('startWorkflow', start);
    const advance = {
      workflowId,
      role: 'q_assistant',
      completedState: 'discovery',
      result,
    };
    const illegal = await refusal(
      client.call('advanceWorkflow', { ...advance, nextState: 'testing' }),
    );
    expect(illegal).toMatchObject({
      code: Code.FAILED_PRECONDITION,
      info: { reason: 'ILLEGAL_TRANSITION' },
    });
    expect(illegal.info.metadata['legal']?.split(',')).toContain('planning');
    const stranger = await refusal(
      client.call('advanceWorkflow', { ...advance, role: 'code_writer' }),
    );
    expect(stranger).toMatchObject({ code: Code.PERMISSION_DENIED, info: { reason: 'NOT_OWNER' } });
    const stale = await refusal(
      client.call('advanceWorkflow', { ...advance, expectedRevision: 9 }),
    );
    expect(stale).toMatchObject({ code: Code.ABORTED, info: { reason: 'STALE_REVISION' } });
    expect(await refusal(client.call('startWorkflow', start))).toMatchObject({
      code: Code.ALREADY_EXISTS,
      info: { reason: 'ALREADY_EXISTS' },
    });
  });

  it('answer the same request id with the same reply, and refuse it with another body', async () => {
    const client = connect((await startServer()).grpcAddress);
    const { workflowId } = await client.call('startWorkflow', start);
    const advance = {
      workflowId,
      role: 'q_assistant',
      completedState: 'discovery',
      result,
      requestId: 'r1',
    };
    const first = await client.call('advanceWorkflow', advance);
    expect(await client.call('advanceWorkflow', advance)).toEqual(first);
    const other = { ...advance, result: toStruct({ summary: 'other', requirements: ['x'] }) };
    expect(await refusal(client.call('advanceWorkflow', other))).toMatchObject({
      code: Code.ALREADY_EXISTS,
      info: { reason: 'REQUEST_ID_REUSED' },
    });
  });

  it('refuse numbers that are not finite, and keep nothing of the request', async () => {
    const client = connect((await startServer()).grpcAddress);
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const requirements = toStruct({ price: number });
      const found = await refusal(client.call('startWorkflow', { ...start, requirements }));
      expect(found).toMatchObject({ code: Code.INVALID_ARGUMENT });
      expect(found.violations).toMatchObject([{ field: 'requirements.price' }]);
    }
    expect((await client.call('listWorkflows', {})).workflows).toEqual([]);
  });

  it('refuse bytes that are no message, and unknown fields, with INVALID_ARGUMENT', async () => {
    const { grpcAddress } = await startServer();
    const path = '/baton.v1.WorkflowService/GetProjectStats';
    const notProtobuf = await refusal(callRaw(grpcAddress, path, Buffer.from([0x0a, 0xff])));
    expect(notProtobuf).toMatchObject({ code: Code.INVALID_ARGUMENT });
    // Field 1 'shop', and field 15, which the message does not define.
    const unknown = Buffer.from([0x0a, 4, ...Buffer.from('shop'), 0x7a, 1, 0x41]);
    expect(await refusal(callRaw(grpcAddress, path, unknown))).toMatchObject({
      code: Code.INVALID_ARGUMENT,
      message: expect.stringContaining('unknown field 15; fields: project_id = 1'),
    });
  });

  it('refuse a message above 4 MiB, and a payload above 2 MiB, with RESOURCE_EXHAUSTED', async () => {
    const client = connect((await startServer()).grpcAddress);
    // Were it read, the user id would be refused as too long an id.
    const message = { ...start, userId: 'x'.repeat(5 * 1024 * 1024) };
    await expect(client.call('startWorkflow', message)).rejects.toMatchObject({
      code: Code.RESOURCE_EXHAUSTED,
    });
    const requirements = toStruct({ text: 'x'.repeat(3 * 1024 * 1024) });
    const payload = { ...start, requirements };
    expect(await refusal(client.call('startWorkflow', payload))).toMatchObject({
      code: Code.RESOURCE_EXHAUSTED,
      info: { reason: 'LIMIT_EXCEEDED' },
    });
  });

  it('are none of many entries of metadata', async () => {
    const { grpcAddress } = await startServer();
    const metadata = new Metadata();
    for (let n = 0; n < 1000; n++) metadata.set(`x-${n}`, 'v');
    const path = '/baton.v1.WorkflowService/GetProjectStats';
    const project = Buffer.from([0x0a, 1, ...Buffer.from('p')]);
    await expect(callRaw(grpcAddress, path, project, metadata)).resolves.toBeInstanceOf(Buffer);
  });

  it('stay small enough for a trailer, whatever a request is made of', async () => {
    const client = connect((await startServer()).grpcAddress);
    const roles = Array.from({ length: 100 }, () => '\u0000'.repeat(200));
    const found = await refusal(client.call('listClaimable', { roles }));
    expect(found.violations.length).toBeGreaterThan(0);
    expect(found.violations.length).toBeLessThanOrEqual(8);
    expect(found.message.length).toBeLessThanOrEqual(1000);
  });

  it('keep what went wrong inside Baton in the log', async () => {
    const lines: string[] = [];
    const broken = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      status: () => Promise.reject(new Error('secret of the house')),
    });
    const log = createLog({ level: 'error', write: (line) => lines.push(line) });
    const client = connect((await startServer({ log }, broken)).grpcAddress);
    const found = await refusal(client.call('getWorkflowStatus', { workflowId: 'w' }));
    expect(found).toMatchObject({ code: Code.INTERNAL, info: { reason: 'INTERNAL' } });
    expect(JSON.stringify(found)).not.toContain('secret');
    const [line] = lines.map((text) => JSON.parse(text));
    expect(line.errorId).toBe(found.info.metadata['error_id']);
    expect(line.error).toContain('secret of the house');
  });

  it('say when to come back while the store is away', async () => {
    const away = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      status: () => Promise.reject(new BatonError('unavailable', 'the store is away')),
    });
    const client = connect((await startServer({}, away)).grpcAddress);
    expect(await refusal(client.call('getWorkflowStatus', { workflowId: 'w' }))).toMatchObject({
      code: Code.UNAVAILABLE,
      message: 'the store is away',
      info: { metadata: { retryable: 'true' } },
      retryDelaySeconds: 1,
    });
  });
});

describe('deadlines and cancellation', () => {
  const slow = (orchestrator: Orchestrator): Orchestrator => ({
    ...orchestrator,
    status: async (request) => {
      await sleep(400);
      return orchestrator.status(request);
    },
  });

  it('answer DEADLINE_EXCEEDED when the deadline has passed', async () => {
    const client = connect((await startServer({}, slow)).grpcAddress);
    const call = client.call(
      'getWorkflowStatus',
      { workflowId: 'w' },
      { deadline: Date.now() + 100 },
    );
    await expect(call).rejects.toMatchObject({ code: Code.DEADLINE_EXCEEDED });
  });

  it.each([25, 60, 365, 36_500])('of %d days are none', async (days) => {
    const { grpcAddress, orchestrator } = await startServer();
    const client = connect(grpcAddress);
    const deadline = Date.now() + days * 86_400_000;
    const { workflowId } = await client.call('startWorkflow', start, { deadline });
    const stream = client.watch({ workflowId }, { deadline });
    const failed = new Promise((_, reject) => stream.once('error', reject));
    const next = () => Promise.race([once(stream, 'data'), failed]);
    await next();
    // Longer than a timer that fires at once would take.
    await sleep(50);
    const advanced = next();
    await orchestrator.advance({
      workflowId,
      role: 'q_assistant',
      completedState: 'discovery',
      result: passingOutputs.discovery,
    });
    await expect(advanced).resolves.toBeDefined();
    failed.catch(() => {});
    stream.cancel();
  });

  it('let the caller cancel, and the server live on', async () => {
    const client = connect((await startServer({}, slow)).grpcAddress);
    const { reply, cancel } = client.begin('getWorkflowStatus', { workflowId: 'w' });
    setTimeout(cancel, 50);
    await expect(reply).rejects.toMatchObject({ code: Code.CANCELLED });
    await expect(client.call('getProjectStats', { projectId: 'p' })).resolves.toBeDefined();
  });

  it.each([
    ['cancellation', (stream: { cancel(): void }) => stream.cancel(), undefined, /^cancelled$/],
    // The server's timer and the caller's goodbye arrive together.
    ['deadline', () => {}, 2000, /^(deadline_exceeded|cancelled)$/],
  ])('reach the handler of a watch: a %s', async (_, end, deadlineMs, code) => {
    const signals: AbortSignal[] = [];
    const spying = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      watch(request, signal) {
        if (signal) signals.push(signal);
        return orchestrator.watch(request, signal);
      },
    });
    const client = connect((await startServer({}, spying)).grpcAddress);
    const { workflowId } = await client.call('startWorkflow', start);
    const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
    const stream = client.watch({ workflowId }, options);
    const failed = new Promise((resolve) => stream.once('error', resolve));
    await new Promise((resolve) => stream.once('data', resolve));
    end(stream);
    await failed;
    await expect.poll(() => signals[0]?.aborted).toBe(true);
    expect(signals[0]?.reason).toMatchObject({ code: expect.stringMatching(code) });
  });
});
