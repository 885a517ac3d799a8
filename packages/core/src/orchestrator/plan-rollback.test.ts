import { describe, expect, it } from 'vitest';
import { passingOutputs } from '../testing/build-outputs.ts';
import { discovery, setUp } from './testing/set-up.ts';

const start = { projectId: 'p', buildId: 'b', userId: 'ada', requirements: {} };
const worker = { worker: 'w1', roles: ['q_assistant'], leaseMs: 60_000 };

/** A build in planning whose discovery took two attempts, the second with a question. */
async function inPlanning() {
  const { baton, clock } = await setUp();
  const { workflowId } = await baton.start(start);
  const first = await baton.claim({ workflowId, ...worker });
  const failed = { workflowId, claimToken: first.claim.token, code: 'unavailable', message: 'm' };
  await baton.failAttempt({ ...failed, retryable: true });
  const second = await baton.claim({ workflowId, ...worker });
  const questions = [{ text: 'Which theme?' }];
  await baton.ask({ workflowId, claimToken: second.claim.token, questions });
  await baton.answerQuestion({ workflowId, questionId: 'q1', answer: 'dark', by: 'ada' });
  await baton.advance({ workflowId, ...discovery });
  return { baton, clock, workflowId };
}

const back = { targetState: 'discovery', reason: 'another goal' };

describe('planRollback', () => {
  it('tells what falls away, and changes nothing', async () => {
    const { baton, workflowId } = await inPlanning();
    const before = await baton.status({ workflowId });
    const plan = await baton.planRollback({ workflowId, targetState: 'discovery' });
    expect(plan).toMatchObject({
      state: 'planning',
      targetState: 'discovery',
      revision: before.revision,
      withdrawn: [
        { state: 'discovery', attempts: 2, hasOutput: true },
        { state: 'planning', attempts: 0, hasOutput: false },
      ],
      questions: [{ text: 'Which theme?', answer: { text: 'dark' } }],
      artifacts: undefined,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await baton.status({ workflowId })).toEqual(before);
  });

  it('is refused as the rollback would be', async () => {
    const { baton, workflowId } = await inPlanning();
    const plan = (targetState: string) => baton.planRollback({ workflowId, targetState });
    await expect(plan('testing')).rejects.toMatchObject({
      code: 'illegal_transition',
      legal: ['discovery', 'planning'],
    });
    await expect(plan('lunch')).rejects.toMatchObject({ code: 'invalid_input' });
    const nowhere = baton.planRollback({ workflowId: 'none', targetState: 'discovery' });
    await expect(nowhere).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a rollback that names the plan that was looked at', () => {
  it('is done when it is still that plan, also after the claim was renewed', async () => {
    const { baton, workflowId } = await inPlanning();
    const { claim } = await baton.claim({ workflowId, ...worker });
    const { digest } = await baton.planRollback({ workflowId, targetState: 'discovery' });
    await baton.renewClaim({ workflowId, token: claim.token, leaseMs: 90_000 });
    expect(await baton.rollback({ workflowId, ...back, expectedPlan: digest })).toMatchObject({
      state: 'discovery',
    });
  });

  it('is refused when the build has moved on, or when the plan was of another target', async () => {
    const { baton, workflowId } = await inPlanning();
    const { digest } = await baton.planRollback({ workflowId, targetState: 'discovery' });
    const other = baton.rollback({
      ...{ workflowId, ...back, targetState: 'planning', expectedPlan: digest },
    });
    await expect(other).rejects.toMatchObject({ code: 'stale_revision' });
    const planning = { role: 'q_assistant', completedState: 'planning' };
    await baton.advance({ workflowId, ...planning, result: passingOutputs.planning });
    const { revision } = await baton.status({ workflowId });
    const late = baton.rollback({ workflowId, ...back, expectedPlan: digest });
    await expect(late).rejects.toMatchObject({
      code: 'stale_revision',
      metadata: { plan: expect.stringMatching(/^[0-9a-f]{64}$/), revision: String(revision) },
    });
    expect(await baton.status({ workflowId })).toMatchObject({ revision, epoch: 1 });
  });
});
