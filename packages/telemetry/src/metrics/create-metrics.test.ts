import { BatonError, createMemoryStore, createOrchestrator } from '@baton/core';
import { createFakeClock, passingOutputs } from '@baton/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMetrics, type MetricsOptions } from './create-metrics.ts';
import { samplesOf, told } from './testing/samples.ts';

const LEASE = 30_000;
const principal = { models: ['anthropic:claude-x'], modelFamilies: ['claude'] };
const offer = { worker: 'w', roles: ['q_assistant'], leaseMs: LEASE, principal };
const build = { projectId: 'shop', userId: 'ada', requirements: { request: 'Build it' } };
const usage = {
  ...{ requests: 2, inputTokens: 100, cachedInputTokens: 40, outputTokens: 30 },
  ...{ reasoningTokens: 10, cost: 0.25, unpricedRequests: 1 },
};

async function setUp(options: MetricsOptions = {}) {
  const metrics = createMetrics(options);
  onTestFinished(() => metrics.stop());
  const clock = createFakeClock();
  const store = metrics.measure(await createMemoryStore());
  const baton = createOrchestrator({ store, clock, listeners: [metrics.listener], maxAttempts: 2 });
  let builds = 0;
  return {
    ...{ metrics, clock, store, baton },
    start: async () => (await baton.start({ ...build, buildId: `b${builds++}` })).workflowId,
    /** What a metric says, without what is 0. */
    tells: async (name: string) => told(await metrics.scrape(), name),
  };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;

async function claimed({ baton, start }: SetUp): Promise<{ workflowId: string; token: string }> {
  const workflowId = await start();
  const { claim } = await baton.claim({ workflowId, ...offer });
  return { workflowId, token: claim.token };
}

const advance = (workflowId: string, claimToken?: string) => ({
  ...{ workflowId, claimToken, role: 'q_assistant', completedState: 'discovery' as const },
  result: passingOutputs.discovery,
});

describe('claims', () => {
  it('are counted as they are made, with the phase that they end, by role and outcome', async () => {
    const bench = await setUp();
    const { workflowId, token } = await claimed(bench);
    bench.clock.advance(15_000);
    await bench.baton.advance({ ...advance(workflowId, token), takeNext: [offer] });
    expect(await bench.tells('baton_claims_made_total')).toEqual({ '{role="q_assistant"}': 2 });
    const labels = '{role="q_assistant",outcome="advanced"}';
    expect(await bench.tells('baton_phase_duration_seconds')).toEqual({
      [`_count${labels}`]: 1,
      [`_sum${labels}`]: 15,
    });
  });

  it('that run out are told from those that are withdrawn; none works longer than it holds', async () => {
    const bench = await setUp();
    const expired = await claimed(bench);
    bench.clock.advance(LEASE + 5000);
    await bench.baton.claim({ workflowId: expired.workflowId, ...offer });
    const withdrawn = await claimed(bench);
    bench.clock.advance(1000);
    await bench.baton.rollback({
      ...{ workflowId: withdrawn.workflowId, targetState: 'discovery' },
      ...{ by: 'ada', reason: 'again' },
    });
    const role = '{role="q_assistant"}';
    expect(await bench.tells('baton_claims_expired_total')).toEqual({ [role]: 1 });
    expect(await bench.tells('baton_claims_withdrawn_total')).toEqual({ [role]: 1 });
    expect(await bench.tells('baton_phase_duration_seconds')).toEqual({
      '_count{role="q_assistant",outcome="lost"}': 2,
      '_sum{role="q_assistant",outcome="lost"}': LEASE / 1000 + 1,
    });
  });

  it.each([
    ['failed', 'unavailable'],
    ['given_back', 'cancelled'],
  ])('end as %s when the attempt fails with %s', async (outcome, code) => {
    const bench = await setUp();
    const { workflowId, token: claimToken } = await claimed(bench);
    const failure = { code, message: 'so it is', retryable: true };
    await bench.baton.failAttempt({ workflowId, claimToken, ...failure } as never);
    expect(await bench.tells('baton_phase_duration_seconds_count')).toEqual({
      [`{role="q_assistant",outcome="${outcome}"}`]: 1,
    });
  });

  it('end as asked and as sent_back', async () => {
    const bench = await setUp();
    const asking = await claimed(bench);
    const question = { id: 'colour', text: 'Which colour?' };
    await bench.baton.ask({
      ...{ workflowId: asking.workflowId, claimToken: asking.token },
      questions: [question],
    } as never);
    const { workflowId, token } = await claimed(bench);
    const went = await bench.baton.advance({ ...advance(workflowId, token), takeNext: [offer] });
    const claimToken = went.next?.claim.token;
    await bench.baton.requestRetry({ workflowId, claimToken, reason: 'unclear' });
    expect(await bench.tells('baton_phase_duration_seconds_count')).toEqual({
      '{role="q_assistant",outcome="asked"}': 1,
      '{role="q_assistant",outcome="advanced"}': 1,
      '{role="q_assistant",outcome="sent_back"}': 1,
    });
  });
});

describe('usage', () => {
  it('is counted by role and model, in parts that add up', async () => {
    const bench = await setUp();
    const { workflowId, token } = await claimed(bench);
    await bench.baton.advance({ ...advance(workflowId, token), usage });
    const of = (type: string) => `{role="q_assistant",model="anthropic:claude-x"${type}}`;
    expect(await bench.tells('baton_tokens_total')).toEqual({
      [of(',type="input"')]: 60,
      [of(',type="cached_input"')]: 40,
      [of(',type="output"')]: 20,
      [of(',type="reasoning"')]: 10,
    });
    expect(await bench.tells('baton_cost_total')).toEqual({ [of('')]: 0.25 });
    expect(await bench.tells('baton_model_requests_total')).toEqual({ [of('')]: 2 });
    expect(await bench.tells('baton_unpriced_requests_total')).toEqual({ [of('')]: 1 });
  });

  it('of claims with ever other models is told of 64 of them, and of all others together', async () => {
    const bench = await setUp();
    for (let n = 0; n < 70; n++) {
      const workflowId = await bench.start();
      const models = [`p:m${n}`];
      const { claim } = await bench.baton.claim({
        ...{ workflowId, ...offer },
        principal: { models, modelFamilies: [] },
      });
      await bench.baton.advance({ ...advance(workflowId, claim.token), usage });
    }
    const requests = await bench.tells('baton_model_requests_total');
    expect(Object.keys(requests)).toHaveLength(65);
    expect(requests['{role="q_assistant",model="other"}']).toBe(2 * 6);
  });
});

describe('builds', () => {
  it('are counted by how they ended, without the names of workflows, users and projects', async () => {
    const bench = await setUp();
    const workflowId = await bench.start();
    const failing = await bench.start();
    for (let state: string = 'discovery'; state !== 'complete'; ) {
      const { role = '' } = await bench.baton.status({ workflowId });
      const result = passingOutputs[state as keyof typeof passingOutputs];
      bench.clock.advance(1000);
      const request = { workflowId, role, completedState: state, result };
      ({ state } = await bench.baton.advance(request as never));
    }
    bench.clock.advance(3_600_000);
    await expect(bench.baton.advance(advance(failing))).rejects.toMatchObject({
      code: 'timed_out',
    });
    const { workflowId: stopped } = await claimed(bench);
    await bench.baton.cancel({ workflowId: stopped, reason: 'not wanted', by: 'ada' });
    expect(await bench.tells('baton_builds_started_total')).toEqual({ '': 3 });
    expect(await bench.tells('baton_builds_ended_total')).toEqual({
      '{outcome="complete",reason="none"}': 1,
      '{outcome="cancelled",reason="none"}': 1,
      '{outcome="error",reason="timed_out"}': 1,
    });
    expect(await bench.tells('baton_build_duration_seconds')).toEqual({ _count: 1, _sum: 10 });
    const text = await bench.metrics.scrape();
    for (const name of [workflowId, 'ada', 'shop']) expect(text).not.toContain(name);
  });

  it('are told by project where that is asked for', async () => {
    const bench = await setUp({ projects: true });
    await bench.start();
    expect(await bench.tells('baton_builds_started_total')).toEqual({ '{project="shop"}': 1 });
  });
});

describe('commits', () => {
  it('are counted by result', async () => {
    const bench = await setUp();
    const other = createOrchestrator({ store: bench.store, clock: bench.clock });
    const workflowId = await bench.start();
    await other.status({ workflowId });
    await bench.baton.advance(advance(workflowId));
    await other.advance({ ...advance(workflowId), requestId: 'late' }).catch(() => undefined);
    await bench.start();
    const text = await bench.metrics.scrape();
    expect(told(text, 'baton_commits_total')).toEqual({
      '{result="committed"}': 3,
      '{result="conflict"}': 1,
    });
    expect(samplesOf(text).get('baton_commit_duration_seconds_count')).toBe(4);
    expect(samplesOf(text).get('baton_commit_batch_size_sum')).toBe(4);
  });

  it('whose answer was lost are unknown', async () => {
    const { metrics, tells } = await setUp();
    const store = await createMemoryStore();
    const lossy = {
      ...store,
      commit: () => Promise.reject(new BatonError('unavailable', 'the connection broke')),
    };
    const baton = createOrchestrator({ store: metrics.measure(lossy) });
    const { workflowId } = await baton.start({ ...build, buildId: 'b' });
    await expect(baton.advance(advance(workflowId))).rejects.toMatchObject({ code: 'unavailable' });
    expect(await tells('baton_commits_total')).toEqual({
      '{result="committed"}': 1,
      '{result="unknown"}': 1,
    });
  });
});

it('a measured store is the same in all else, also one with private members', async () => {
  const { metrics } = await setUp();
  class Counting {
    readonly capabilities = { durable: false, groupCommit: false };
    #closed = 0;
    async close() {
      this.#closed += 1;
      return this.#closed;
    }
  }
  const store = metrics.measure(new Counting() as never) as unknown as Counting;
  expect(store.capabilities.durable).toBe(false);
  expect(await store.close()).toBe(1);
});
