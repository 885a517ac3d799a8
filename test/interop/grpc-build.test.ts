import { passingOutputs } from '@baton/core/testing';
import { describe, expect, it } from 'vitest';
import { connect, type GrpcClient } from './grpc-client.ts';
import { aBuild, startServer } from './start-server.ts';
import { fromStruct, toStruct } from './struct.ts';

const start = { ...aBuild, buildId: 'b1', requirements: toStruct(aBuild.requirements) };

/** Hands the current state on as its owner, with a passing output where it is a phase. */
async function step(client: GrpcClient, workflowId: string) {
  const { status } = await client.call('getWorkflowStatus', { workflowId });
  const output = passingOutputs[status.state as keyof typeof passingOutputs];
  return client.call('advanceWorkflow', {
    workflowId,
    role: status.role,
    completedState: status.state,
    expectedRevision: status.revision,
    ...(output && { result: toStruct(output) }),
  });
}

async function stepUntil(client: GrpcClient, workflowId: string, state: string) {
  for (let steps = 0; steps < 20; steps++) {
    const reply = await step(client, workflowId);
    if (reply.state === state) return reply;
  }
  throw new Error(`never came to ${state}`);
}

describe('a client made from the .proto files alone', () => {
  it('drives a build from start to complete through a retry loop and a rollback', async () => {
    const { grpcAddress } = await startServer();
    const client = connect(grpcAddress);
    const started = await client.call('startWorkflow', start);
    expect(started).toMatchObject({
      state: 'discovery',
      role: 'q_assistant',
      revision: 1,
      epoch: 1,
    });
    expect(started.instructions).toContain('discovery');
    const { workflowId } = started;

    await stepUntil(client, workflowId, 'testing');
    const sentBack = await client.call('requestRetry', {
      workflowId,
      reason: 'two tests fail',
      details: 'not ok 7',
      requestedBy: 'test_auditor',
    });
    expect(sentBack).toMatchObject({
      previousState: 'testing',
      state: 'implementation',
      role: 'code_writer',
      retries: 1,
      maxRetries: 3,
      epoch: 2,
    });
    await stepUntil(client, workflowId, 'verification');
    const rolledBack = await client.call('rollbackWorkflow', {
      workflowId,
      targetState: 'testing',
      reason: 'the report was of another build',
      rolledBackBy: 'ada',
    });
    expect(rolledBack).toMatchObject({ state: 'testing', rolledBackBy: 'ada', epoch: 3 });
    expect(rolledBack.rolledBackAt.seconds).toBeGreaterThan(1_700_000_000);

    const last = await stepUntil(client, workflowId, 'complete');
    expect(last).toMatchObject({ previousState: 'deployment', complete: true });
    expect(last.role).toBeFalsy();
    const { status } = await client.call('getWorkflowStatus', { workflowId });
    expect(status).toMatchObject({
      state: 'complete',
      progressPercent: 100,
      completedPhases: Object.keys(passingOutputs),
    });
    expect(status.completedAt.seconds).toBeGreaterThanOrEqual(status.createdAt.seconds);
  });

  it('reads the history in pages, the statistics and the definition', async () => {
    const { grpcAddress } = await startServer();
    const client = connect(grpcAddress);
    const { workflowId } = await client.call('startWorkflow', start);
    await stepUntil(client, workflowId, 'complete');

    const handoffs = [];
    let pageToken: string | undefined;
    do {
      const page = await client.call('getWorkflowHistory', { workflowId, pageSize: 3, pageToken });
      handoffs.push(...page.handoffs);
      pageToken = page.nextPageToken;
    } while (pageToken);
    expect(handoffs.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(handoffs[0]).toMatchObject({ fromState: 'discovery', toState: 'planning' });
    expect(handoffs[0].data.fields).not.toEqual({});

    const { stats } = await client.call('getProjectStats', { projectId: 'shop' });
    expect(stats).toMatchObject({ total: 1, completed: 1, failed: 0, successRate: 1 });
    const { workflows } = await client.call('listWorkflows', { state: 'complete' });
    expect(workflows.map((found: { workflowId: string }) => found.workflowId)).toEqual([
      workflowId,
    ]);

    const { definition } = await client.call('getDefinition', {});
    expect(definition).toMatchObject({ name: 'build', version: 1, initialState: 'discovery' });
    expect(definition.transitions).toHaveLength(28);
    const testing = definition.states.find(({ name }: { name: string }) => name === 'testing');
    expect(testing).toMatchObject({ kind: 'phase', owners: ['test_auditor'] });
    expect(fromStruct(testing.outputSchema)['required']).toContain('coveragePercent');
  });

  it('performs assignments under claims as a runner', async () => {
    const { grpcAddress } = await startServer();
    const client = connect(grpcAddress);
    const { workflowId } = await client.call('startWorkflow', start);
    const lease = { seconds: 30, nanos: 0 };

    const { work } = await client.call('listClaimable', { roles: ['q_assistant'] });
    expect(work).toMatchObject([{ workflowId, state: 'discovery', kind: 'phase', revision: 1 }]);
    const claimed = await client.call('claimAssignment', {
      workflowId,
      worker: 'w1',
      roles: ['q_assistant'],
      lease,
    });
    expect(claimed.claim.worker).toBe('w1');
    expect(claimed.assignment).toMatchObject({
      state: 'discovery',
      role: 'q_assistant',
      attempt: 1,
    });
    expect(fromStruct(claimed.assignment.requirements)).toEqual(aBuild.requirements);
    const { claimToken } = claimed;
    expect(await client.call('renewClaim', { workflowId, claimToken, lease })).toMatchObject({
      renewed: true,
    });
    const failed = await client.call('failAttempt', {
      workflowId,
      claimToken,
      code: 'unavailable',
      message: 'the model is busy',
      retryable: true,
    });
    expect(failed).toMatchObject({ state: 'discovery', attempt: 1 });
    expect(await client.call('renewClaim', { workflowId, claimToken, lease })).toMatchObject({
      renewed: false,
    });

    const again = await client.call('claimAssignment', {
      workflowId,
      worker: 'w2',
      roles: ['q_assistant'],
      lease,
    });
    const advanced = await client.call('advanceWorkflow', {
      workflowId,
      role: 'q_assistant',
      completedState: 'discovery',
      result: toStruct(passingOutputs.discovery),
      claimToken: again.claimToken,
      expectedEpoch: again.assignment.epoch,
    });
    expect(advanced.state).toBe('planning');
  });

  it('keeps a payload as it was: nulls, empty lists, nesting, unicode, fractions', async () => {
    const { grpcAddress } = await startServer();
    const client = connect(grpcAddress);
    const requirements = {
      nothing: null,
      none: [],
      empty: {},
      deep: { list: [1, [2, { three: 3.5 }], 'ünïcödé 🏃', false] },
      zero: 0,
      blank: '',
    };
    const { workflowId } = await client.call('startWorkflow', {
      ...start,
      requirements: toStruct(requirements),
    });
    const { assignment } = await client.call('claimAssignment', {
      workflowId,
      worker: 'w1',
      roles: ['q_assistant'],
      lease: { seconds: 30, nanos: 0 },
    });
    expect(fromStruct(assignment.requirements)).toEqual(requirements);
  });
});
