import { createMemoryStore, createOrchestrator, type WorkflowSnapshot } from '@baton/core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { createApprovalTokens } from './approval-tokens.ts';
import { guardedOperations } from './guarded-operations.ts';

const RUN = { workspace: '/shop', host: 'here' };

async function aBuild(metadata: object, wasRun = false) {
  const folder = temporaryFolder();
  const store = await createMemoryStore();
  const baton = createOrchestrator({ store });
  const tokens = createApprovalTokens(folder, Buffer.alloc(32, 'k'));
  const { workflowId } = await baton.start({
    projectId: 'p',
    buildId: 'b',
    userId: 'ada',
    requirements: {},
    metadata: metadata as typeof RUN,
  });
  const snapshot = async () => (await store.load(workflowId))?.snapshot as WorkflowSnapshot;
  const token = tokens.issue(await snapshot());
  const by = (given: string | undefined) =>
    guardedOperations(baton, {
      store,
      tokens,
      token: given,
      wasRun: () => wasRun,
      showing: (id) => `baton token ${id}`,
    });
  return { by, workflowId, token, snapshot };
}

it('changes nothing of a build that was run without its token', async () => {
  const { by, workflowId, snapshot } = await aBuild(RUN);
  const stranger = by('WRNG-WRNG');
  const before = await snapshot();
  const reason = 'r';
  for (const change of [
    stranger.decideApproval({ workflowId, approved: true, by: 'grace' }),
    stranger.answerQuestion({ workflowId, questionId: 'q1', answer: 'a', by: 'grace' }),
    stranger.requestRetry({ workflowId, reason }),
    stranger.rollback({ workflowId, targetState: 'discovery', reason }),
    stranger.advance({ workflowId, role: 'q_assistant', completedState: 'discovery' }),
  ]) {
    await expect(change).rejects.toMatchObject({
      code: 'not_owner',
      message: expect.stringContaining(`baton token ${workflowId}`),
    });
  }
  expect(await snapshot()).toEqual(before);
  await expect(stranger.status({ workflowId })).resolves.toBeDefined();
});

it('changes a build with its token; a repeated request needs it no more', async () => {
  const { by, workflowId, token } = await aBuild(RUN);
  const rollback = { workflowId, targetState: 'discovery', reason: 'r', requestId: 'once' };
  const reply = await by(token).rollback(rollback);
  expect(await by(token).rollback(rollback)).toEqual(reply);
  await expect(by(token).rollback({ ...rollback, requestId: 'again' })).rejects.toMatchObject({
    code: 'not_owner',
  });
});

it('asks for no token where no run performs the workflow, and for one where a run has', async () => {
  const own = await aBuild({});
  const retry = { reason: 'r', targetState: 'discovery' };
  await expect(
    own.by(undefined).rollback({ workflowId: own.workflowId, ...retry }),
  ).resolves.toMatchObject({ state: 'discovery' });
  const taken = await aBuild({}, true);
  await expect(
    taken.by(undefined).rollback({ workflowId: taken.workflowId, ...retry }),
  ).rejects.toMatchObject({ code: 'not_owner' });
});

it('leaves a workflow that is not there to the operation', async () => {
  const { by } = await aBuild(RUN);
  await expect(
    by(undefined).requestRetry({ workflowId: 'wf_0', reason: 'r' }),
  ).rejects.toMatchObject({ code: 'not_found' });
});
