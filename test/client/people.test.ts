import { createBatonClient } from '@baton/client';
import { buildDefinition, createMemoryStore, createOrchestrator } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../interop/start-server.ts';

const build = { projectId: 'shop', buildId: 'b1', userId: 'ada', requirements: {} };
const worker = {
  worker: 'w1',
  roles: ['q_assistant'],
  leaseMs: 3_600_000,
  principal: { models: ['local:small'], modelFamilies: ['small'] },
};
const usage = {
  requests: 1,
  inputTokens: 2 ** 40,
  cachedInputTokens: 0,
  outputTokens: 5,
  reasoningTokens: 0,
  cost: 0.5,
  unpricedRequests: 0,
};

describe.each(['connect', 'grpc-web', 'grpc'] as const)('people over %s', (protocol) => {
  async function setUp() {
    const approvals = [{ from: 'discovery', to: 'planning' }];
    const separations = [{ phase: 'verification', from: 'implementation', by: 'model' as const }];
    const definitions = [buildDefinition({ approvals, separations })];
    const orchestrator = createOrchestrator({ store: await createMemoryStore(), definitions });
    const server = await startServer({ orchestrator });
    const port = protocol === 'grpc' ? server.grpcPort : server.httpPort;
    const client = createBatonClient({ baseUrl: `http://127.0.0.1:${port}`, protocol });
    onTestFinished(() => client.close());
    const budgets = { cost: 10, wallMs: 60_000, phases: { discovery: { tokens: 2 ** 41 } } };
    const { workflowId } = await client.start({ ...build, budgets });
    return { orchestrator, client, workflowId };
  }

  it('are asked and answer, with the same replies as the orchestrator gives', async () => {
    const { orchestrator, client, workflowId } = await setUp();
    expect(await client.describeDefinition({})).toEqual(orchestrator.describeDefinition({}));
    const nothing = { cost: 0, tokens: 0 };
    const free = await client.claim({ workflowId, ...worker, reserve: nothing });
    expect(free.assignment.allowance).toEqual(nothing);
    const givenBack = { code: 'cancelled', message: 'stopped', retryable: true };
    await client.failAttempt({ workflowId, claimToken: free.claim.token, ...givenBack });
    const { claim, assignment } = await client.claim({
      workflowId,
      ...worker,
      reserve: { cost: 2.5 },
    });
    expect(claim).toMatchObject({
      principal: worker.principal,
      reserved: { cost: 2.5, tokens: 2 ** 41 },
      endsAt: expect.any(Number),
    });
    expect(assignment.allowance).toEqual({ cost: 2.5, tokens: 2 ** 41 });
    const questions = [{ text: 'Which theme?', choices: ['dark', 'dim'] }, { text: 'By when?' }];
    const notes = [{ code: 'asked_twice', message: 'again' }];
    const claimToken = claim.token;
    expect(await client.ask({ workflowId, claimToken, questions, usage, notes })).toMatchObject({
      questionIds: ['q1', 'q2'],
    });
    expect(await client.status({ workflowId })).toEqual({
      ...(await orchestrator.status({ workflowId })),
      elapsedMs: expect.any(Number),
      deadline: expect.any(Number),
    });
    const answer = { workflowId, questionId: 'q1', answer: 'dim', by: 'ada' };
    expect(await client.answerQuestion(answer)).toMatchObject({ openQuestionIds: ['q2'] });
    await client.answerQuestion({ ...answer, questionId: 'q2' });
    const principal = { models: [], modelFamilies: [], kind: 'person' as const };
    const again = await client.claim({ workflowId, ...worker, principal });
    expect(again.claim.principal).toEqual(principal);
    expect(again.assignment.answers).toMatchObject([{ answer: 'dim' }, { answeredBy: 'ada' }]);
  });

  it('decide on a move, and budgets can be raised', async () => {
    const { orchestrator, client, workflowId } = await setUp();
    const result = passingOutputs.discovery;
    const finish = { workflowId, role: 'q_assistant', completedState: 'discovery', result };
    expect(await client.advance(finish)).toMatchObject({
      awaitsApproval: true,
      state: 'discovery',
    });
    expect((await client.status({ workflowId })).awaiting).toEqual(
      (await orchestrator.status({ workflowId })).awaiting,
    );
    const decide = { workflowId, approved: true, by: 'ada', reason: 'fine' };
    await expect(client.decideApproval({ ...decide, by: '' })).rejects.toMatchObject({
      message: expect.stringContaining('by: '),
      violations: [{ field: 'by' }],
    });
    expect(await client.decideApproval(decide)).toMatchObject({
      previousState: 'discovery',
      state: 'planning',
      approved: true,
    });
    await client.requestRetry({ workflowId, reason: 'more', budgets: { cost: 20 } });
    expect((await client.status({ workflowId })).budgets).toMatchObject({ cost: 20 });
    await client.advance(finish);
    await client.decideApproval(decide);
    await client.requestRetry({ workflowId, reason: 'more', timeoutMs: 86_400_500 });
    const { deadline, updatedAt } = await client.status({ workflowId });
    expect(deadline - updatedAt).toBe(86_400_500);
  });

  it('hear of progress while they watch', async () => {
    const { client, workflowId } = await setUp();
    const { claim } = await client.claim({ workflowId, ...worker });
    const said: unknown[] = [];
    const seen: number[] = [];
    const abort = new AbortController();
    const watching = (async () => {
      const events = client.watch({ workflowId }, abort.signal, (progress) => said.push(progress));
      for await (const { sequence } of events) seen.push(sequence);
    })();
    await expect.poll(() => seen).toEqual([1, 2]);
    const claimToken = claim.token;
    await client.reportProgress({ workflowId, claimToken, messages: ['reading'] });
    await expect
      .poll(() => said)
      .toMatchObject([
        { message: 'reading', role: 'q_assistant', attempt: 1, at: expect.any(Number) },
      ]);
    abort.abort();
    await watching;
  });
});
