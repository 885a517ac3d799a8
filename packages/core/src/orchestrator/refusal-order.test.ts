import { expect, it } from 'vitest';
import { aBuild } from '../testing/store-contract/harness.ts';
import { discovery, setUp } from './testing/set-up.ts';

const invalid = { ...discovery, result: { summary: 'x' } };

it.each<[string, object]>([
  ['not_owner', { role: 'code_writer' }],
  ['stale_epoch', { expectedEpoch: 7 }],
  ['stale_revision', { expectedRevision: 7 }],
  ['stale_claim', { claimToken: 'no longer' }],
  ['illegal_transition', { nextState: 'testing' }],
])('says %s before it looks at an output, which is not valid either', async (code, patch) => {
  const { baton } = await setUp();
  const { workflowId } = await baton.start(aBuild());
  const advance = baton.advance({ workflowId, ...invalid, ...patch });
  await expect(advance).rejects.toMatchObject({ code });
});

it('says that it waits for an answer, or is claimed, before it looks at an output', async () => {
  const { baton } = await setUp();
  const { workflowId } = await baton.start(aBuild());
  const worker = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 60_000 };
  const { claim } = await baton.claim(worker);
  await expect(baton.advance({ workflowId, ...invalid })).rejects.toMatchObject({
    code: 'stale_claim',
  });
  await baton.ask({ workflowId, claimToken: claim.token, questions: [{ text: 'Which?' }] });
  await expect(baton.advance({ workflowId, ...invalid })).rejects.toMatchObject({
    code: 'wrong_state',
  });
});

it('says that time is over before it looks at an output', async () => {
  const { baton, clock } = await setUp({ timeoutMs: 10_000 });
  const { workflowId } = await baton.start(aBuild());
  clock.advance(10_001);
  await expect(baton.advance({ workflowId, ...invalid })).rejects.toMatchObject({
    code: 'timed_out',
  });
});

it('refuses an output by what the store holds, not by a workflow as it was', async () => {
  const { baton, store } = await setUp();
  const another = (await setUp({ store })).baton;
  const { workflowId } = await baton.start(aBuild());
  await another.advance({ workflowId, ...discovery });
  // Its snapshot is still in discovery, where the output would be looked at.
  await expect(baton.advance({ workflowId, ...invalid })).rejects.toMatchObject({
    code: 'wrong_state',
  });
});

it('says that a role may not, before it looks at what it asks for', async () => {
  const { baton } = await setUp();
  const { workflowId } = await baton.start(aBuild());
  const stranger = 'code_writer';
  for (const targetState of ['testing', 'nowhere']) {
    const back = { workflowId, targetState, reason: 'r' };
    for (const refusal of [
      baton.rollback({ ...back, by: stranger }),
      baton.requestRetry({ ...back, by: stranger }),
    ]) {
      await expect(refusal).rejects.toMatchObject({ code: 'not_owner' });
    }
  }
  const answer = { workflowId, questionId: 'q9', answer: 'a', by: stranger };
  await expect(baton.answerQuestion(answer)).rejects.toMatchObject({ code: 'not_owner' });
});
