import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createMemoryStore } from '../memory/memory-store.ts';
import { defineWorkflow } from '../model/define-workflow.ts';
import { BatonError } from '../model/errors.ts';
import type { Progress } from '../model/progress.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { aBuild, advanceTo } from '../testing/store-contract/harness.ts';
import { createOrchestrator } from './orchestrator.ts';
import type { OrchestratorOptions } from './orchestrator-options.ts';

function setUp(options: Partial<OrchestratorOptions> = {}) {
  const store = options.store ?? createMemoryStore();
  const clock = createFakeClock();
  return { store, clock, baton: createOrchestrator({ clock, ...options, store }) };
}

const discovery = {
  role: 'q_assistant',
  completedState: 'discovery',
  result: passingOutputs.discovery,
};

describe('a repeated request', () => {
  it('100 times at once has one effect and 100 equal answers', async () => {
    const { baton } = setUp();
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
    const { baton } = setUp();
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
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const first = await baton.advance({ workflowId, requestId: 'a', ...discovery });
    await advanceTo(baton, workflowId, 'complete');
    expect(await baton.advance({ workflowId, requestId: 'a', ...discovery })).toEqual(first);
  });

  it('is refused when its body is another, whatever the order of its keys', async () => {
    const { baton } = setUp();
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
    const inner = createMemoryStore();
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
    const { baton } = setUp({ store });
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
    const { store, baton: one } = setUp();
    const { baton: two } = setUp({ store });
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
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    await baton.advance({ workflowId, ...discovery, expectedRevision: 1 });
    await expect(
      baton.rollback({ workflowId, targetState: 'discovery', reason: 'r', expectedRevision: 1 }),
    ).rejects.toMatchObject({ code: 'stale_revision', metadata: { revision: '2' } });
  });
});

describe('validation', () => {
  it.each([
    ['an id that is too long', { workflowId: 'x'.repeat(257) }, 'workflowId'],
    ['an empty role', { role: '' }, 'role'],
    ['NUL in a name', { role: 'q\u0000' }, 'role'],
    ['a misspelt field', { nextstate: 'planning' }, ''],
    ['a result that is no object', { result: 'done' }, 'result'],
    ['a result that is not JSON', { result: { at: [new Date()] } }, 'result.at.0'],
    [
      'an output that breaks the schema',
      { result: { summary: 'x', requirements: [] } },
      'requirements',
    ],
  ])('refuses %s', async (_, patch, field) => {
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const error = await baton
      .advance({ workflowId, ...discovery, ...patch } as never)
      .catch((e) => e);
    expect(error).toMatchObject({ code: 'invalid_input' });
    expect(error.violations.map((v: { field: string }) => v.field)).toContain(field);
    expect(await baton.status({ workflowId })).toMatchObject({ revision: 1 });
  });

  it('refuses a payload past 2 MiB as a limit, not as nonsense', async () => {
    const { baton } = setUp();
    const requirements = { text: 'x'.repeat(2 * 1024 * 1024) };
    await expect(baton.start(aBuild({ requirements }))).rejects.toMatchObject({
      code: 'limit_exceeded',
    });
  });

  it('keeps what it committed safe from the caller', async () => {
    const { baton, store } = setUp();
    const requirements = { list: ['a'] };
    const { workflowId } = await baton.start(aBuild({ requirements }));
    requirements.list.push('b');
    expect((await store.load(workflowId))?.snapshot.requirements).toEqual({ list: ['a'] });
  });

  it.each(['status', 'history', 'advance', 'requestRetry', 'rollback'] as const)(
    '%s of an unknown workflow is not found',
    async (operation) => {
      const { baton } = setUp();
      const requests = {
        status: { workflowId: 'wf_x' },
        history: { workflowId: 'wf_x' },
        advance: { workflowId: 'wf_x', ...discovery },
        requestRetry: { workflowId: 'wf_x', reason: 'r' },
        rollback: { workflowId: 'wf_x', reason: 'r', targetState: 'discovery' },
      };
      await expect(baton[operation](requests[operation] as never)).rejects.toMatchObject({
        code: 'not_found',
        message: "there is no workflow 'wf_x'",
      });
    },
  );

  it('refuses a page token of another list', async () => {
    const { baton } = setUp();
    await expect(baton.list({ pageToken: 'bm9uc2Vuc2U' })).rejects.toMatchObject({
      code: 'invalid_input',
      violations: [{ field: 'pageToken' }],
    });
  });
});

describe('limits', () => {
  it('WORKFLOW_TIMEOUT fails a workflow that took too long, whoever notices first', async () => {
    const { baton, clock } = setUp({ timeoutSeconds: 60 });
    const { workflowId } = await baton.start(aBuild());
    clock.advance(60_000);
    const claim = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 1000 };
    await expect(baton.claim(claim)).rejects.toMatchObject({ code: 'timed_out' });
    expect(await baton.status({ workflowId })).toMatchObject({
      state: 'error',
      failure: { code: 'timed_out', phase: 'discovery' },
    });
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'more time' });
    await expect(baton.advance({ workflowId, ...discovery })).resolves.toMatchObject({
      state: 'planning',
    });
  });

  it('WORKFLOW_MAX_RETRIES bounds the retry requests of a workflow', async () => {
    const { baton } = setUp({ maxRetries: 1 });
    const { workflowId } = await baton.start(aBuild());
    await advanceTo(baton, workflowId, 'testing');
    await expect(baton.requestRetry({ workflowId, reason: 'one' })).resolves.toMatchObject({
      state: 'implementation',
      retries: 1,
      maxRetries: 1,
    });
    await advanceTo(baton, workflowId, 'testing');
    await expect(baton.requestRetry({ workflowId, reason: 'two' })).resolves.toMatchObject({
      state: 'error',
    });
  });

  it('of a start override the defaults, and stay with the workflow', async () => {
    const { baton, store } = setUp();
    const { workflowId } = await baton.start(aBuild({ timeoutSeconds: 5, maxRetries: 0 }));
    expect((await store.load(workflowId))?.snapshot.limits).toEqual({
      timeoutMs: 5000,
      maxRetries: 0,
      maxAttempts: 5,
      budgets: undefined,
    });
  });
});

it('lets nobody change what is stored through what it hands out', async () => {
  const { baton } = setUp();
  const { workflowId } = await baton.start(aBuild());
  const { discovery } = passingOutputs;
  const request = { workflowId, role: 'q_assistant', completedState: 'discovery' };
  const { handoffData } = await baton.advance({ ...request, result: discovery });
  const claim = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 5000 };
  const { assignment } = await baton.claim(claim);
  const { inputs, requirements } = assignment;
  for (const shared of [handoffData, inputs, inputs['discovery'], requirements]) {
    expect(() => Object.assign(shared as object, { invented: true })).toThrow(TypeError);
  }
  expect((await baton.history({ workflowId })).handoffs[0]?.data).toEqual(discovery);
});

describe('a workflow whose time is over', () => {
  it('is found in error by whoever asks for its status or watches it', async () => {
    const clock = createFakeClock();
    const { baton } = setUp({ clock, watchPollMs: 1 });
    const asked = await baton.start(aBuild({ timeoutSeconds: 60 }));
    const watched = await baton.start(aBuild({ timeoutSeconds: 60 }));
    clock.advance(60_000);
    expect(await baton.status({ workflowId: asked.workflowId })).toMatchObject({
      state: 'error',
      failure: { code: 'timed_out' },
    });
    const ticking = setInterval(() => clock.advance(1), 1);
    for await (const { type } of baton.watch({ workflowId: watched.workflowId }))
      if (type === 'workflow_failed') break;
    clearInterval(ticking);
    expect(await baton.projectStats({ projectId: 'shop' })).toMatchObject({ failed: 2 });
  });

  it('is left to the worker that holds it', async () => {
    const clock = createFakeClock();
    const { baton } = setUp({ clock });
    const { workflowId } = await baton.start(aBuild({ timeoutSeconds: 60 }));
    await baton.claim({ workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 90_000 });
    clock.advance(60_000);
    expect((await baton.status({ workflowId })).state).toBe('discovery');
    clock.advance(30_000);
    expect((await baton.status({ workflowId })).state).toBe('error');
  });
});

describe('definitions', () => {
  const states = (to: string) =>
    ({
      ask: { phase: 'asker', output: z.looseObject({ text: z.string() }), to },
      done: { final: true },
      dropped: { final: true },
    }) as const;
  const roles = { asker: { title: 'Asker', instructions: 'Ask.' } };
  const both = { ...states('done'), ask: { ...states('done').ask, to: ['done', 'dropped'] } };
  const v1 = defineWorkflow({ name: 'survey', version: 1, roles, states: both });
  const v2 = defineWorkflow({ name: 'survey', version: 2, roles, states: both });

  it('of a custom workflow run from start to end, along the branch that was named', async () => {
    const { baton } = setUp({ definitions: [v1] });
    const { workflowId, role } = await baton.start(aBuild());
    expect(role).toBe('asker');
    const ask = { workflowId, role: 'asker', completedState: 'ask', result: { text: 'yes' } };
    await expect(baton.advance(ask)).rejects.toMatchObject({
      code: 'invalid_input',
      legal: ['done', 'dropped'],
    });
    await expect(baton.advance({ ...ask, nextState: 'dropped' })).resolves.toMatchObject({
      complete: true,
    });
  });

  it('stay with the workflow that started with them', async () => {
    const store = createMemoryStore();
    const { baton: old } = setUp({ store, definitions: [v1] });
    const { workflowId } = await old.start(aBuild());
    const { baton } = setUp({ store, definitions: [v1, v2] });
    expect(await baton.status({ workflowId })).toMatchObject({ definition: { version: 1 } });
    const newer = await baton.start(aBuild());
    expect((await baton.status({ workflowId: newer.workflowId })).definition.version).toBe(2);
    expect(baton.describeDefinition({}).version).toBe(2);
    const { baton: without } = setUp({ store, definitions: [v2] });
    const ask = { workflowId, role: 'asker', completedState: 'ask', result: { text: 'yes' } };
    await expect(without.advance(ask)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that a process does not have keep nothing else from it', async () => {
    const store = createMemoryStore();
    const { baton: old } = setUp({ store, definitions: [v1] });
    const { baton } = setUp({ store, definitions: [v2] });
    const foreign = await old.start(aBuild());
    const own = await baton.start(aBuild());
    const work = await baton.listClaimable({ roles: ['asker'] });
    expect(work.map(({ workflowId }) => workflowId)).toEqual([own.workflowId]);
    expect((await baton.list({})).workflows).toHaveLength(2);
    const status = await baton.status({ workflowId: foreign.workflowId });
    expect(status.expectedNext.description).toContain("does not have definition 'survey@1'");
  });

  it('that are unknown are refused with those there are', async () => {
    const { baton } = setUp();
    await expect(baton.start(aBuild({ definition: { name: 'nope' } }))).rejects.toMatchObject({
      code: 'invalid_input',
      legal: ['build@1'],
    });
  });
});

describe('watching', () => {
  it('hears what the holder of the claim says, and nobody else', async () => {
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const heard: string[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      const onProgress = ({ state, role, attempt, message }: Progress) =>
        heard.push(`${state} ${role} ${attempt}: ${message}`);
      for await (const _ of baton.watch({ workflowId }, stop.signal, onProgress));
    })();
    const { claim } = await baton.claim({
      workflowId,
      worker: 'w',
      roles: ['q_assistant'],
      leaseMs: 5000,
    });
    await vi.waitFor(async () => {
      await baton.reportProgress({ workflowId, claimToken: claim.token, messages: ['reading'] });
      expect(heard).toContain('discovery q_assistant 1: reading');
    });
    await expect(
      baton.reportProgress({ workflowId, claimToken: 'guessed', messages: ['lies'] }),
    ).rejects.toMatchObject({ code: 'stale_claim' });
    stop.abort();
    await watching;
    expect(heard.join()).not.toContain('lies');
  });

  it('delivers large events one after another, and none twice', async () => {
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const reason = 'r'.repeat(60_000);
    for (let i = 0; i < 3; i++) {
      await baton.rollback({ workflowId, targetState: 'discovery', reason });
    }
    const seen: number[] = [];
    for await (const { sequence } of baton.watch({ workflowId, follow: false }))
      seen.push(sequence);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('goes on after the number it was given, and ends at complete', async () => {
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const seen: number[] = [];
    const watching = (async () => {
      for await (const event of baton.watch({ workflowId, afterSequence: 3 }))
        seen.push(event.sequence);
    })();
    await advanceTo(baton, workflowId, 'complete');
    await watching;
    expect(seen).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('does not end in error, and ends when it is aborted', async () => {
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const stop = new AbortController();
    const types: string[] = [];
    const watching = (async () => {
      for await (const { type } of baton.watch({ workflowId }, stop.signal)) types.push(type);
    })();
    await baton.advance({ workflowId, ...discovery, nextState: 'error' });
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'r' });
    await vi.waitFor(() => expect(types).toHaveLength(3));
    stop.abort();
    await watching;
    expect(types).toEqual(['workflow_started', 'workflow_failed', 'workflow_recovered']);
  });

  it('ends at once past the last event of a complete workflow, and when asked not to follow', async () => {
    const { baton } = setUp();
    const { workflowId } = await baton.start(aBuild());
    const count = async (request: object): Promise<number> => {
      let events = 0;
      for await (const _ of baton.watch({ workflowId, ...request })) events++;
      return events;
    };
    expect(await count({ follow: false })).toBe(1);
    await advanceTo(baton, workflowId, 'complete');
    expect(await count({ afterSequence: 11 })).toBe(0);
  });
});

describe('hints', () => {
  it('reach listeners after the commit, and a listener that throws changes nothing', async () => {
    const heard: string[] = [];
    const errors: unknown[] = [];
    const listener = {
      onCommitted: (snapshot: { state: string }) => {
        heard.push(snapshot.state);
        throw new Error('listener');
      },
    };
    const { baton } = setUp({ listeners: [listener], onHintError: (error) => errors.push(error) });
    const { workflowId } = await baton.start(aBuild());
    await baton.advance({ workflowId, ...discovery });
    expect(heard).toEqual(['discovery', 'planning']);
    expect(errors).toHaveLength(2);
  });
});
