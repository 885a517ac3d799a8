import { createBatonClient } from '@baton/client';
import {
  createMemoryStore,
  createOrchestrator,
  createRunner,
  type JsonObject,
  type Orchestrator,
  type Outcome,
  type WorkSource,
} from '@baton/core';
import { createScriptedRole, passingOutputs } from '@baton/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../interop/start-server.ts';

const build = {
  projectId: 'shop',
  buildId: 'b1',
  userId: 'ada',
  requirements: { request: 'Build me a dark mode feature' },
};

async function anOrchestrator(): Promise<Orchestrator> {
  return createOrchestrator({ store: await createMemoryStore() });
}

const answer = ({ state }: { readonly state: string }): Outcome => ({
  kind: 'advance',
  result: { ...passingOutputs[state as keyof typeof passingOutputs] },
});
const team = [
  'q_assistant',
  'code_writer',
  'test_auditor',
  'verification_overseer',
  'release_manager',
].map((role) => createScriptedRole(role, answer));

describe.each(['connect', 'grpc-web', 'grpc'] as const)('the client over %s', (protocol) => {
  async function setUp() {
    const orchestrator = await anOrchestrator();
    const server = await startServer({ orchestrator });
    const port = protocol === 'grpc' ? server.grpcPort : server.httpPort;
    const client = createBatonClient({ baseUrl: `http://127.0.0.1:${port}`, protocol });
    onTestFinished(() => client.close());
    return { orchestrator, client };
  }

  it('reads payloads as deep as they may be', async () => {
    const { client } = await setUp();
    // The payload itself is the first of 64 levels.
    let metadata: JsonObject = { deepest: true };
    for (let level = 1; level < 64; level++) metadata = { deeper: metadata };
    const { workflowId } = await client.start({ ...build, metadata });
    const roles = ['q_assistant'];
    const { assignment } = await client.claim({ workflowId, worker: 'w', roles, leaseMs: 60_000 });
    expect(assignment.metadata).toEqual(metadata);
  });

  it('lets a runner carry a whole build, and answers as the orchestrator does', async () => {
    const { orchestrator, client } = await setUp();
    const source: WorkSource = client;
    const runner = createRunner({ source, roles: team });
    const run = runner.run();
    const { workflowId } = await client.start(build);
    const status = await client.waitFor(workflowId, 'complete');
    await runner.stop();
    await run;
    expect(status).toEqual(await orchestrator.status({ workflowId }));
    expect(await client.history({ workflowId, pageSize: 3 })).toEqual(
      await orchestrator.history({ workflowId, pageSize: 3 }),
    );
    expect(await client.projectStats({ projectId: 'shop' })).toEqual(
      await orchestrator.projectStats({ projectId: 'shop' }),
    );
    const today = new Date(status.updatedAt).toISOString().slice(0, 10);
    const tomorrow = new Date(status.updatedAt + 86_400_000).toISOString().slice(0, 10);
    const span = { projectId: 'shop', from: today, to: tomorrow, pageSize: 2 };
    const used = await client.usage(span);
    expect(used).toEqual(await orchestrator.usage(span));
    expect(used.rows).toMatchObject([{ attempts: 1 }, { attempts: 2, role: 'q_assistant' }]);
    const rest = await client.usage({ ...span, pageToken: used.nextPageToken });
    expect(rest.rows).toHaveLength(2);
    expect((await client.list({ state: 'complete' })).workflows).toEqual([status]);
    const newest = { newestFirst: true, search: build.buildId.toUpperCase() };
    expect((await client.list(newest)).workflows).toEqual([status]);
    const { pageSize: _, ...days } = span;
    const history = await client.projectHistory(days);
    expect(history).toEqual(await orchestrator.projectHistory(days));
    expect(history).toMatchObject([{ started: 1, completed: 1 }]);
    const other = await client.start({ ...build, buildId: 'another' });
    const asked = { workflowId: other.workflowId, targetState: 'discovery' as const };
    expect(await client.planRollback(asked)).toEqual(await orchestrator.planRollback(asked));
    await client.start({ ...build, projectId: 'blog' });
    const first = await client.listProjects({ pageSize: 1 });
    expect(first.projectIds).toEqual(['blog']);
    const { nextPageToken: pageToken } = first;
    expect(await client.listProjects({ pageSize: 1, pageToken })).toEqual({
      projectIds: ['shop'],
      nextPageToken: undefined,
    });
    const whole = await client.describeWorkflow({ workflowId });
    expect(whole).toEqual(await orchestrator.describeWorkflow({ workflowId }));
    expect(whole).toMatchObject({ requirements: build.requirements });
    expect(whole.outputs).toHaveLength(6);
    const alone = { workflowId, phase: 'planning' as const, withoutOutputs: true };
    expect(await client.describeWorkflow(alone)).toEqual(
      await orchestrator.describeWorkflow(alone),
    );
    expect(await client.describeDefinition({})).toEqual(orchestrator.describeDefinition({}));
    const versions = await client.listDefinitions();
    expect(versions).toEqual(orchestrator.listDefinitions());
    expect(versions).toContainEqual({ name: 'build', version: 1, isDefault: true });
    const events = [];
    for await (const event of client.watch({ workflowId })) events.push(event);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
    expect(events).toHaveLength(status.sequence);
  });

  it('throws what the orchestrator would throw', async () => {
    const { client } = await setUp();
    const { workflowId } = await client.start(build);
    await expect(client.status({ workflowId: 'wf_x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(client.start({ ...build, userId: 'bob' })).rejects.toMatchObject({
      code: 'already_exists',
      metadata: { workflowId },
    });
    const wrong = { workflowId, role: 'code_writer', completedState: 'discovery' };
    await expect(
      client.advance({ ...wrong, result: passingOutputs.discovery }),
    ).rejects.toMatchObject({
      code: 'not_owner',
      legal: ['q_assistant'],
      retryable: false,
    });
    await expect(
      client.advance({ workflowId, role: 'q_assistant', completedState: 'discovery', result: {} }),
    ).rejects.toMatchObject({
      code: 'invalid_input',
      violations: [{ field: 'result.summary' }, { field: 'result.requirements' }],
    });
  });

  it('cancels a build, which is told from one that failed', async () => {
    const { client } = await setUp();
    const { workflowId } = await client.start(build);
    const request = { workflowId, reason: 'not wanted', by: 'ada', requestId: 'once' };
    const reply = await client.cancel(request);
    expect(reply).toEqual({
      ...{ workflowId, previousState: 'discovery', state: 'error', role: undefined },
      ...{ revision: 2, epoch: 1, cancelledBy: 'ada', at: expect.any(Number) },
    });
    expect(await client.cancel(request)).toEqual(reply);
    const { failure, projectId } = await client.status({ workflowId });
    expect(failure).toMatchObject({ code: 'cancelled', message: 'not wanted', by: 'ada' });
    await expect(client.waitFor(workflowId, 'complete')).rejects.toMatchObject({
      message: `workflow ${workflowId} was cancelled by 'ada' in 'discovery': not wanted`,
    });
    expect(await client.projectStats({ projectId })).toMatchObject({ failed: 0, cancelled: 1 });
    const from = new Date(reply.at).toISOString().slice(0, 10);
    const to = new Date(reply.at + 86_400_000).toISOString().slice(0, 10);
    const [day] = await client.projectHistory({ projectId, from, to });
    expect(day).toMatchObject({ failures: {}, cancellations: { discovery: 1 } });
    await expect(client.cancel({ workflowId, reason: 'r' })).rejects.toMatchObject({
      ...{ code: 'wrong_state', legal: ['request retry', 'rollback'] },
    });
  });

  it('goes back, rolls back and fails as asked', async () => {
    const { client } = await setUp();
    const { workflowId } = await client.start({ ...build, timeoutMs: 60_000, maxRetries: 7 });
    const { claim, assignment } = await client.claim({
      workflowId,
      worker: 'w',
      roles: ['q_assistant'],
      leaseMs: 3_600_000,
    });
    expect(assignment).toMatchObject({
      state: 'discovery',
      attempt: 1,
      requirements: build.requirements,
    });
    expect(await client.renewClaim({ workflowId, token: claim.token, leaseMs: 3_600_000 })).toBe(
      true,
    );
    expect(await client.renewClaim({ workflowId, token: 'other', leaseMs: 3_600_000 })).toBe(false);
    const failed = {
      workflowId,
      claimToken: claim.token,
      code: 'x',
      message: 'm',
      retryable: false,
    };
    expect(await client.failAttempt(failed)).toMatchObject({ state: 'error', attempt: 1 });
    await expect(client.waitFor(workflowId, 'complete')).rejects.toMatchObject({
      code: 'wrong_state',
    });
    expect(
      await client.rollback({ workflowId, targetState: 'discovery', reason: 'r' }),
    ).toMatchObject({
      previousState: 'error',
      state: 'discovery',
      rolledBackBy: 'ada',
      at: expect.any(Number),
    });
    const done = { workflowId, role: 'q_assistant', completedState: 'discovery' };
    await client.advance({ ...done, result: passingOutputs.discovery });
    expect(await client.requestRetry({ workflowId, reason: 'r' })).toMatchObject({
      state: 'discovery',
      retries: 1,
      maxRetries: 7,
    });
  });
});

describe('the client', () => {
  it('watches on without a gap when its server goes away and comes back', async () => {
    const orchestrator = await anOrchestrator();
    const first = await startServer({ orchestrator });
    const client = createBatonClient({
      baseUrl: `http://127.0.0.1:${first.httpPort}`,
      backoffMs: 20,
    });
    const { workflowId } = await client.start(build);
    const seen: number[] = [];
    const watching = (async () => {
      for await (const { sequence } of client.watch({ workflowId })) seen.push(sequence);
    })();
    const runner = createRunner({ source: orchestrator, roles: team.slice(0, 1) });
    const run = runner.run();
    await expect.poll(() => seen.length).toBeGreaterThan(3);
    await first.stop();
    await startServer({ orchestrator, httpPort: first.httpPort });
    await runner.stop();
    await run;
    const rest = createRunner({ source: orchestrator, roles: team });
    const ending = rest.run();
    await watching;
    await rest.stop();
    await ending;
    const { sequence } = await orchestrator.status({ workflowId });
    expect(seen).toEqual(Array.from({ length: sequence }, (_, i) => i + 1));
  });

  it('repeats a change under one request id while the server is away', async () => {
    const inner = await anOrchestrator();
    const ids: (string | undefined)[] = [];
    const flaky: Orchestrator = {
      ...inner,
      async start(request) {
        ids.push(request.requestId);
        const reply = await inner.start(request);
        if (ids.length < 3) throw Object.assign(new Error('gone'), { name: 'TimeoutError' });
        return reply;
      },
    };
    const orchestrator: Orchestrator = {
      ...flaky,
      start: (request) =>
        flaky.start(request).catch(async (reason) => {
          const { BatonError } = await import('@baton/core');
          throw new BatonError('unavailable', 'the answer was lost', { cause: reason });
        }),
    };
    const { httpPort } = await startServer({ orchestrator });
    const client = createBatonClient({ baseUrl: `http://127.0.0.1:${httpPort}`, backoffMs: 1 });
    await expect(client.start(build)).resolves.toMatchObject({ state: 'discovery' });
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    expect(await inner.projectStats({ projectId: 'shop' })).toMatchObject({ total: 1 });
  });

  it('is unavailable when there is no server, after as many tries as there may be', async () => {
    const client = createBatonClient({ baseUrl: 'http://127.0.0.1:9', retries: 1, backoffMs: 1 });
    await expect(client.status({ workflowId: 'x' })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('says what it needs when it is given nowhere to go', () => {
    expect(() => createBatonClient({})).toThrow('expected a baseUrl or a transport; found neither');
  });
});
