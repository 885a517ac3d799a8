import { buildDefinition, createMemoryStore, createOrchestrator } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { status as Code } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { connect, type GrpcClient, refusal } from './grpc-client.ts';
import { aBuild, startServer } from './start-server.ts';
import { toStruct } from './struct.ts';

const start = { ...aBuild, buildId: 'b1', requirements: toStruct(aBuild.requirements) };
const lease = { seconds: 30, nanos: 0 };
const usage = {
  requests: 2,
  inputTokens: 300,
  cachedInputTokens: 100,
  outputTokens: 50,
  reasoningTokens: 20,
  cost: 0.25,
  unpricedRequests: 0,
};
const notes = [{ code: 'claim_replaced', message: 'the report says 81 %' }];
const worker = {
  worker: 'w1',
  roles: ['q_assistant'],
  principal: { models: ['local:small'], modelFamilies: ['small'] },
};

async function setUp(): Promise<{ client: GrpcClient; workflowId: string }> {
  const approvals = [{ from: 'planning', to: 'handoff_to_coder', by: ['grace'] }];
  const definitions = [buildDefinition({ approvals })];
  const orchestrator = createOrchestrator({ store: await createMemoryStore(), definitions });
  const { grpcAddress } = await startServer({ orchestrator });
  const client = connect(grpcAddress);
  const budgets = { tokens: 1000, wall: { seconds: 600, nanos: 0 }, phases: { planning: {} } };
  const { workflowId } = await client.call('startWorkflow', { ...start, budgets });
  return { client, workflowId };
}

function claim(client: GrpcClient, workflowId: string) {
  const reserve = { tokens: 400 };
  return client.call('claimAssignment', { workflowId, ...worker, lease, reserve });
}

describe('people over gRPC', () => {
  it('answer what a role asks, and the role gets the answers with its next claim', async () => {
    const { client, workflowId } = await setUp();
    const { claimToken, claim: taken, assignment } = await claim(client, workflowId);
    expect(taken).toMatchObject({ principal: worker.principal, reserved: { tokens: 400 } });
    expect(assignment).toMatchObject({ allowance: { tokens: 400 }, answers: [] });
    const questions = [{ text: 'Which theme?', choices: ['dark', 'dim'] }, { text: 'By when?' }];
    const asked = await client.call('askQuestions', {
      workflowId,
      claimToken,
      questions,
      usage,
      notes,
    });
    expect(asked).toMatchObject({ state: 'discovery', questionIds: ['q1', 'q2'] });
    const { status } = await client.call('getWorkflowStatus', { workflowId });
    expect(status).toMatchObject({
      awaiting: { kind: 'answers' },
      questions: [{ id: 'q1', choices: ['dark', 'dim'], askedBy: 'q_assistant' }, { choices: [] }],
      usage: { discovery: { usage, unsettledTokens: 0 } },
      budgets: { tokens: 1000, wall: { seconds: 600 } },
    });

    const answer = { workflowId, questionId: 'q1', answer: 'dark', answeredBy: 'ada' };
    const bright = await refusal(client.call('answerQuestion', { ...answer, answer: 'bright' }));
    expect(bright).toMatchObject({
      code: Code.INVALID_ARGUMENT,
      info: { metadata: { legal: 'dark,dim' } },
      violations: [{ field: 'answer' }],
    });
    // Core has one name for who answers, decides and asks; each request has its own.
    expect(
      await refusal(client.call('answerQuestion', { ...answer, answeredBy: '' })),
    ).toMatchObject({
      violations: [{ field: 'answered_by' }],
    });
    const byRole = { ...answer, answeredBy: 'code_writer' };
    expect(await refusal(client.call('answerQuestion', byRole))).toMatchObject({
      code: Code.PERMISSION_DENIED,
    });
    expect(await client.call('answerQuestion', answer)).toMatchObject({ openQuestionIds: ['q2'] });
    expect(await refusal(client.call('answerQuestion', answer))).toMatchObject({
      code: Code.FAILED_PRECONDITION,
    });
    const last = { ...answer, questionId: 'q2', answer: 'Friday' };
    expect(await client.call('answerQuestion', last)).toMatchObject({ openQuestionIds: [] });
    expect((await claim(client, workflowId)).assignment.answers).toEqual([
      { question: 'Which theme?', answer: 'dark', answeredBy: 'ada' },
      { question: 'By when?', answer: 'Friday', answeredBy: 'ada' },
    ]);
  });

  it('approve a move or send the work back, if they may', async () => {
    const { client, workflowId } = await setUp();
    const { definition } = await client.call('getDefinition', {});
    expect(definition.approvals).toEqual([
      { from: 'planning', to: 'handoff_to_coder', by: ['grace'] },
    ]);
    const finish = (completedState: 'discovery' | 'planning') => {
      const result = toStruct(passingOutputs[completedState]);
      const role = 'q_assistant';
      return client.call('advanceWorkflow', { workflowId, role, completedState, result });
    };
    expect(await finish('discovery')).toMatchObject({ state: 'planning', awaitsApproval: false });
    expect(await finish('planning')).toMatchObject({ state: 'planning', awaitsApproval: true });
    const { status } = await client.call('getWorkflowStatus', { workflowId });
    expect(status.awaiting).toMatchObject({
      kind: 'approval',
      to: 'handoff_to_coder',
      role: 'q_assistant',
      approvers: ['grace'],
    });
    const decide = { workflowId, approved: true, decidedBy: 'grace' };
    const nothing = await refusal(
      client.call('decideApproval', { workflowId, decidedBy: 'grace' }),
    );
    expect(nothing).toMatchObject({
      code: Code.INVALID_ARGUMENT,
      violations: [{ field: 'approved' }],
    });
    expect(
      await refusal(client.call('decideApproval', { ...decide, decidedBy: '' })),
    ).toMatchObject({
      violations: [{ field: 'decided_by' }],
    });
    const stranger = { ...decide, decidedBy: 'ada' };
    expect(await refusal(client.call('decideApproval', stranger))).toMatchObject({
      code: Code.PERMISSION_DENIED,
      info: { metadata: { legal: 'grace' } },
    });
    const refused = { ...decide, approved: false, reason: 'too vague' };
    expect(await client.call('decideApproval', refused)).toMatchObject({
      state: 'discovery',
      approved: false,
      epoch: 2,
    });
    await finish('discovery');
    await finish('planning');
    expect(await client.call('decideApproval', decide)).toMatchObject({
      previousState: 'planning',
      state: 'handoff_to_coder',
      approved: true,
    });
  });

  it('see progress between the events of a watch that asks for it', async () => {
    const { client, workflowId } = await setUp();
    const { claimToken } = await claim(client, workflowId);
    const items: unknown[] = [];
    const plain: unknown[] = [];
    const stream = client.watch({ workflowId, includeProgress: true });
    stream.on('data', ({ event, progress }) => items.push(event?.sequence ?? progress.message));
    const other = client.watch({ workflowId });
    other.on('data', ({ event, progress }) => plain.push(event?.sequence ?? progress));
    for (const watch of [stream, other]) watch.on('error', () => {});
    await expect
      .poll(() => [items, plain])
      .toEqual([
        [1, 2],
        [1, 2],
      ]);
    const report = { workflowId, claimToken, messages: ['reading', 'thinking'] };
    await client.call('reportProgress', report);
    await expect.poll(() => items).toEqual([1, 2, 'reading', 'thinking']);
    await client.call('askQuestions', { workflowId, claimToken, questions: [{ text: 'Why?' }] });
    await expect.poll(() => items).toEqual([1, 2, 'reading', 'thinking', 3]);
    await expect.poll(() => plain).toEqual([1, 2, 3]);
    expect(await refusal(client.call('reportProgress', report))).toMatchObject({
      code: Code.ABORTED,
      info: { reason: 'STALE_CLAIM' },
    });
    for (const watch of [stream, other]) watch.cancel();
  });
});
