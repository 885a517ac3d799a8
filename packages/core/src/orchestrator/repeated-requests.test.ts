import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { BatonError } from '../model/errors.ts';
import { startRequest } from '../model/requests.ts';
import { NO_USAGE } from '../model/usage.ts';
import type { LoadedWorkflow, WorkflowStore } from '../ports/workflow-store.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { aBuild, advanceTo } from '../testing/store-contract/harness.ts';
import { requestDigest } from './stored-reply.ts';
import { discovery, setUp } from './testing/set-up.ts';
import { validate } from './validate.ts';

describe('a repeated request', () => {
  it('100 times at once has one effect and 100 equal answers', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const calls = Array.from({ length: 100 }, () =>
      baton.advance({ workflowId, requestId: 'once', ...discovery }),
    );
    const answers = await Promise.all(calls);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await baton.status({ workflowId })).toMatchObject({
      state: 'planning',
      handoffs: 1,
      revision: 2,
    });
  });

  it('with 100 different ids has one winner, and the others learn why they lost', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const settled = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) =>
        baton.advance({ workflowId, requestId: `id-${i}`, ...discovery }),
      ),
    );
    const lost = settled.filter((one) => one.status === 'rejected');
    expect(lost).toHaveLength(99);
    for (const { reason } of lost) {
      expect(reason).toMatchObject({ code: 'wrong_state' });
      expect(reason.message).toContain("is in 'planning', not in 'discovery'");
    }
  });

  it('gets its reply long after the workflow has moved on', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const first = await baton.advance({ workflowId, requestId: 'a', ...discovery });
    await advanceTo(baton, workflowId, 'complete');
    expect(await baton.advance({ workflowId, requestId: 'a', ...discovery })).toEqual(first);
  });

  it('is compared with what the first was when it came, whatever its caller has made of that since', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const asked = () => ({
      ...{ workflowId, requestId: 'once', ...discovery },
      usage: { ...NO_USAGE },
      notes: [{ code: 'seen', message: 'first' }],
      takeNext: [{ worker: 'w', roles: ['q_assistant'], leaseMs: 1000 }],
    });
    const request = asked();
    const { next: _, ...first } = await baton.advance(request);
    request.usage.requests = 1;
    request.notes.push({ code: 'seen', message: 'later' });
    request.takeNext[0]?.roles.push('code_writer');
    await expect(baton.advance(asked())).resolves.toMatchObject(first);
    await expect(baton.advance(request)).rejects.toMatchObject({ code: 'request_id_reused' });
  });

  it('that moved the workflow by being refused is refused the same way again', async () => {
    const clock = createFakeClock();
    const { baton } = await setUp({ clock });
    const { workflowId } = await baton.start(aBuild({ timeoutMs: 60_000 }));
    clock.advance(60_000);
    const advance = () => baton.advance({ workflowId, requestId: 'late', ...discovery });
    const refused = { code: 'timed_out', message: expect.stringContaining('ran out of its 60 s') };
    await expect(advance()).rejects.toMatchObject(refused);
    await baton.requestRetry({ workflowId, reason: 'more time', timeoutMs: 120_000 });
    await expect(advance()).rejects.toMatchObject(refused);
    expect(await baton.status({ workflowId })).toMatchObject({ state: 'discovery' });
  });

  it('is refused when its body is another, whatever the order of its keys', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const { summary, requirements } = passingOutputs.discovery as {
      summary: string;
      requirements: string[];
    };
    await baton.advance({
      workflowId,
      requestId: 'a',
      ...discovery,
      result: { summary, requirements },
    });
    await expect(
      baton.advance({
        workflowId,
        requestId: 'a',
        ...discovery,
        result: { requirements, summary },
      }),
    ).resolves.toMatchObject({ state: 'planning' });
    await expect(
      baton.advance({
        workflowId,
        requestId: 'a',
        ...discovery,
        result: { summary: 'x', requirements },
      }),
    ).rejects.toMatchObject({ code: 'request_id_reused' });
    await expect(
      baton.rollback({ workflowId, requestId: 'a', targetState: 'discovery', reason: 'r' }),
    ).rejects.toMatchObject({ code: 'request_id_reused' });
  });

  it('after a commit with unknown outcome finds that it was done', async () => {
    const inner = await createMemoryStore();
    let lose = true;
    const store: WorkflowStore = {
      ...inner,
      async commit(batch) {
        const results = await inner.commit(batch);
        if (!lose) return results;
        lose = false;
        throw new BatonError('unavailable', 'the connection broke before the answer came');
      },
    };
    const { baton } = await setUp({ store });
    const { workflowId } = await baton.start(aBuild());
    const request = { workflowId, requestId: 'a', ...discovery };
    await expect(baton.advance(request)).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
    await expect(baton.advance(request)).resolves.toMatchObject({ state: 'planning', revision: 2 });
    expect(await baton.status({ workflowId })).toMatchObject({ handoffs: 1 });
  });
});

describe('an orchestrator whose cache is behind', () => {
  it('decides on what the store holds before it refuses', async () => {
    const { store, baton: one } = await setUp();
    const { baton: two } = await setUp({ store });
    const { workflowId } = await one.start(aBuild());
    await two.advance({ workflowId, ...discovery });
    await expect(
      one.advance({
        workflowId,
        role: 'q_assistant',
        completedState: 'planning',
        result: passingOutputs.planning,
      }),
    ).resolves.toMatchObject({ state: 'handoff_to_coder' });
    await expect(
      two.advance({
        workflowId,
        role: 'code_writer',
        completedState: 'handoff_to_coder',
        expectedRevision: 3,
      }),
    ).resolves.toMatchObject({ state: 'implementation' });
  });

  it('refuses an expected revision that has passed, and tells the current one', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    await baton.advance({ workflowId, ...discovery, expectedRevision: 1 });
    await expect(
      baton.rollback({ workflowId, targetState: 'discovery', reason: 'r', expectedRevision: 1 }),
    ).rejects.toMatchObject({ code: 'stale_revision', metadata: { revision: '2' } });
  });
});

it('a start that is repeated after a limit came is answered as before', async () => {
  const half = { text: 'x'.repeat(1.6 * 1024 * 1024) };
  const begun = await setUp();
  const before = aBuild({ requirements: half, requestId: 'once' });
  const { workflowId } = await begun.baton.start(before);
  // As one of before the limit: larger than a workflow may be now, with the digest of its request.
  const request = { ...before, metadata: half };
  const { requestId: _, ...body } = request;
  const digest = requestDigest('start', validate(startRequest, body, 'it'))();
  const store: WorkflowStore = {
    ...begun.store,
    async load(id, repeated) {
      const { reply, ...loaded } = (await begun.store.load(id, repeated)) ?? {};
      return { ...loaded, ...(reply && { reply: { ...reply, digest } }) } as LoadedWorkflow;
    },
  };
  const { baton } = await setUp({ store });
  await expect(baton.start(request)).resolves.toMatchObject({ workflowId });
  await expect(baton.start({ ...request, userId: 'grace' })).rejects.toMatchObject({
    code: 'request_id_reused',
  });
  await expect((await setUp()).baton.start(request)).rejects.toMatchObject({
    code: 'limit_exceeded',
  });
});
