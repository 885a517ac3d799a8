import { passingOutputs } from '@baton/core/testing';
import { expect, it } from 'vitest';
import { createReplyCheck, type Document } from './openapi/checked-replies.ts';
import { aBuild, startServer } from './start-server.ts';

const offer = { worker: 'curl', roles: ['q_assistant'], lease: '60s' };

// biome-ignore lint/suspicious/noExplicitAny: the tests name what they expect
type Json = any;

/** A worker without anything but HTTP, and what it hears checked against the OpenAPI document. */
async function worker() {
  const { httpUrl, orchestrator } = await startServer();
  const document = (await (await fetch(`${httpUrl}/openapi.json`)).json()) as Document;
  const check = createReplyCheck(document);
  const post = async (path: string, body: object, signal?: AbortSignal) => {
    const request = new Request(`${httpUrl}/api${path}`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      ...{ body: JSON.stringify(body), ...(signal && { signal }) },
    });
    const reply = await check.fetch(request);
    return { status: reply.status, body: (await reply.json()) as Json };
  };
  const start = (buildId: string) => orchestrator.start({ ...aBuild, buildId });
  return { post, start, orchestrator, check };
}

it('polls for work, renews, reports and advances under the claim', async () => {
  const { post, start, check } = await worker();
  const polled = post('/work/poll', { offers: [offer], wait: '60s' });
  const { workflowId } = await start('b1');
  const [work] = (await polled).body.work;
  expect(work.assignment).toMatchObject({ workflowId, state: 'discovery', role: 'q_assistant' });
  const { claimToken } = work;
  const at = `/workflows/${workflowId}`;
  expect((await post(`${at}/renew-claim`, { claimToken, lease: '30s' })).body).toEqual({
    renewed: true,
  });
  const progress = { claimToken, messages: ['half way'] };
  expect((await post(`${at}/progress`, progress)).status).toBe(200);
  const done = { role: 'q_assistant', completedState: 'discovery', claimToken };
  const moved = await post(`${at}/advance`, { ...done, result: passingOutputs.discovery });
  expect(moved.body).toMatchObject({ previousState: 'discovery', state: 'planning' });
  const late = await post(`${at}/advance`, { ...done, completedState: 'planning', result: {} });
  expect([late.status, late.body.code]).toEqual([409, 'stale_claim']);
  expect(check.problems).toEqual([]);
});

it('claims by name, asks, and gives back', async () => {
  const { post, start, orchestrator, check } = await worker();
  const { workflowId } = await start('b1');
  const at = `/workflows/${workflowId}`;
  const claim = async () => (await post(`${at}/claim`, offer)).body;
  const first = await claim();
  expect(first.assignment.state).toBe('discovery');
  const asked = await post(`${at}/ask`, {
    ...{ claimToken: first.claimToken, questions: [{ text: 'Blue?' }] },
  });
  expect(asked.status).toBe(200);
  const waiting = await post(`${at}/claim`, offer);
  expect([waiting.status, waiting.body.code]).toEqual([409, 'wrong_state']);
  await orchestrator.answerQuestion({ workflowId, questionId: 'q1', answer: 'Yes', by: 'ada' });
  const { claimToken } = await claim();
  const failed = await post(`${at}/fail-attempt`, {
    ...{ claimToken, code: 'unavailable', message: 'the model is away', retryable: true },
  });
  expect(failed.body).toMatchObject({ state: 'discovery', role: 'q_assistant' });
  const second = await post(`${at}/claim`, { ...offer, roles: ['code_writer'] });
  expect([second.status, second.body.code]).toEqual([403, 'not_owner']);
  expect(check.problems).toEqual([]);
});

it('hears that there is none when the time is over, and is given nothing once it has left', async () => {
  const { post, start } = await worker();
  expect((await post('/work/poll', { offers: [offer], wait: '0.01s' })).body).toEqual({ work: [] });
  const leaving = new AbortController();
  const left = post('/work/poll', { offers: [offer], wait: '60s' }, leaving.signal);
  setTimeout(() => leaving.abort(), 100);
  await expect(left).rejects.toThrow();
  // Once this is answered, the server knows that the other has left.
  await post('/work/poll', { offers: [offer], wait: '0.01s' });
  const { workflowId } = await start('b1');
  const next = await post('/work/poll', { offers: [offer], wait: '60s' });
  expect(next.body.work).toMatchObject([{ assignment: { workflowId } }]);
});
