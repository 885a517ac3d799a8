import { expect, it } from 'vitest';
import { aBuild } from '../testing/store-contract/harness.ts';
import { setUp } from './testing/set-up.ts';

const LONG = `${'ä'.repeat(998)}😀${'x'.repeat(60_000)}`;

it('a page shows of each workflow what fits on it, and its status all', async () => {
  const { baton } = await setUp();
  const { workflowId } = await baton.start(aBuild());
  const claiming = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 5000 };
  const questions = Array.from({ length: 20 }, () => ({
    text: LONG,
    choices: [LONG.slice(0, 1020), 'no'],
  }));
  const { claim } = await baton.claim(claiming);
  await baton.ask({ workflowId, claimToken: claim.token, questions });
  const asked = await baton.status({ workflowId });
  expect(asked.questions).toHaveLength(20);
  const [first] = asked.questions;
  await baton.answerQuestion({
    workflowId,
    questionId: first?.id ?? '',
    answer: 'no',
    by: 'ada',
  });
  const [listed] = (await baton.list({})).workflows;
  expect(listed?.questions.map(({ id }) => id)).toEqual(
    asked.questions.slice(1, 11).map(({ id }) => id),
  );
  for (const { text, choices } of listed?.questions ?? []) {
    expect(text).toBe(`${'ä'.repeat(998)}😀…`);
    expect(choices).toEqual([text, 'no']);
  }
});

it('a page shows what failed, without its raw material', async () => {
  const { baton } = await setUp();
  const { workflowId } = await baton.start(aBuild());
  await baton.advance({
    workflowId,
    role: 'q_assistant',
    completedState: 'discovery',
    nextState: 'error',
    result: { reason: LONG },
  });
  const { failure } = await baton.status({ workflowId });
  expect(failure?.message.length).toBeGreaterThan(50_000);
  const [listed] = (await baton.list({})).workflows;
  expect(listed?.failure).toEqual({
    ...failure,
    message: `${'ä'.repeat(998)}😀…`,
    details: undefined,
  });
});
