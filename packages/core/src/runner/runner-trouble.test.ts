import { describe, expect, it, vi } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { BatonError } from '../model/errors.ts';
import type { TakeWorkRequest } from '../model/requests.ts';
import type { Orchestrator } from '../orchestrator/operations.ts';
import { createOrchestrator } from '../orchestrator/orchestrator.ts';
import type { RoleAdapter } from '../ports/role-adapter.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createScriptedRole, type ScriptedAnswer } from '../testing/scripted-role.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { createRunner } from './runner.ts';
import type { RunnerReport } from './runner-options.ts';
import { advance, aTeam, endWithTest, eventsOf, reaches, setUp, typesOf } from './testing/team.ts';

describe('a runner in trouble', () => {
  it('waits as long as a provider asks for before it tries again', async () => {
    const busy = new BatonError('unavailable', 'overloaded', {
      metadata: { retryAfterMs: '90000' },
    });
    const { baton, runner } = await setUp(aTeam({ q_assistant: [busy] }));
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await expect.poll(() => typesOf(baton, workflowId)).toContain('attempt_failed');
    const failed = (await eventsOf(baton, workflowId)).find(
      ({ type }) => type === 'attempt_failed',
    );
    expect(Number(failed?.data['retryAt']) - (failed?.at ?? 0)).toBeGreaterThanOrEqual(90_000);
  });

  it.each([
    ['a claim that is lost', new BatonError('stale_claim', 'not mine'), 'stale_claim'],
    ['another state', new BatonError('wrong_state', 'not mine'), 'wrong_state'],
    [
      'what cannot be read',
      Object.defineProperty(new Error('x'), 'message', {
        get() {
          throw new Error('never');
        },
      }),
      'internal',
    ],
  ])('reports what a role throws, though it speaks of %s', async (_, reason, code) => {
    const role: RoleAdapter = { role: 'q_assistant', perform: () => Promise.reject(reason) };
    const { baton, runner } = await setUp([role]);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'error');
    const failed = (await eventsOf(baton, workflowId)).find(
      ({ type }) => type === 'workflow_failed',
    );
    expect(failed?.data).toMatchObject({ code });
  });

  it('says that its source gives work, though there is none, and again after an outage', async () => {
    const { baton } = await setUp([]);
    let isAway = false;
    let endStream = (): void => undefined;
    const takeWork: Orchestrator['takeWork'] = (request, signal, onOpen) => {
      if (isAway) throw new BatonError('unavailable', 'gone');
      const ended = new AbortController();
      endStream = () => ended.abort();
      const either = AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]);
      return baton.takeWork(request, either, onOpen);
    };
    const reports: string[] = [];
    const runner = createRunner({
      source: { ...baton, takeWork },
      roles: aTeam(),
      backoff: { initialMs: 1, maxMs: 2 },
      onReport: ({ kind }) => void reports.push(kind),
    });
    endWithTest(runner);
    void runner.run();
    await expect.poll(() => reports).toEqual(['listening']);
    isAway = true;
    endStream();
    await expect.poll(() => reports).toContain('trouble');
    isAway = false;
    await expect.poll(() => reports.filter((kind) => kind === 'listening')).toHaveLength(2);
  });

  it('stops although its source never answers', async () => {
    const { baton } = await setUp([]);
    let asked = false;
    const source = {
      ...baton,
      async *takeWork() {
        asked = true;
        yield await new Promise<never>(() => undefined);
      },
    };
    const runner = createRunner({ source, roles: aTeam() });
    const ended = runner.run();
    await expect.poll(() => asked).toBe(true);
    await runner.stop(0);
    await ended;
  });

  it('leaves work to others for a while that its role gives back, and counts no attempt', async () => {
    const metadata = { retryAfterMs: '60000' };
    const notMine = new BatonError('cancelled', 'not mine', { retryable: true, metadata });
    const { baton, runner } = await setUp(aTeam({ q_assistant: [notMine] }));
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    const failed = async () => {
      for await (const event of baton.watch({ workflowId })) {
        if (event.type === 'attempt_failed') return event;
      }
      return undefined;
    };
    const event = await failed();
    expect(Number(event?.data['retryAt']) - Number(event?.at)).toBe(60_000);
    expect(await baton.status({ workflowId })).toMatchObject({ state: 'discovery', attempt: 0 });
  });

  it('gives back a claim that it is given after it has stopped', async () => {
    const { baton } = await setUp([]);
    const { workflowId } = await baton.start(aBuild());
    const granted = Promise.withResolvers<void>();
    const source = {
      ...baton,
      async *takeWork(request: TakeWorkRequest) {
        for await (const work of baton.takeWork(request)) {
          await granted.promise;
          yield work;
        }
      },
    };
    const runner = createRunner({ source, roles: aTeam() });
    const ended = runner.run();
    await expect.poll(async () => (await baton.status({ workflowId })).claim).toBeDefined();
    await runner.stop(0);
    await ended;
    granted.resolve();
    await expect.poll(async () => (await baton.status({ workflowId })).claim).toBeUndefined();
    expect((await baton.status({ workflowId })).attempt).toBe(0);
  });

  it('accepts a handoff whatever request ids others have used', async () => {
    const { baton, runner } = await setUp(aTeam());
    const { workflowId } = await baton.start(aBuild({ requestId: 'accept:handoff_to_coder:3' }));
    void runner.run();
    await reaches(baton, workflowId, 'complete');
  });

  it('reports an attempt with more notes than a report may carry', async () => {
    const noisy: ScriptedAnswer = (_, { note }) => {
      for (let i = 0; i < 1500; i++) note({ code: 'seen', message: `note ${i}` });
      return advance('discovery');
    };
    const { baton, runner } = await setUp([createScriptedRole('q_assistant', noisy)]);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await expect
      .poll(async () => (await baton.history({ workflowId })).handoffs)
      .not.toHaveLength(0);
    const notes = (await eventsOf(baton, workflowId)).filter(({ type }) => type === 'noted');
    expect(notes.slice(0, 1000).at(-1)?.data['code']).toBe('notes_left_out');
  });

  it('tries again with a pause what can be helped by it', async () => {
    const away = new BatonError('unavailable', 'overloaded');
    const team = aTeam({ q_assistant: [away, away, advance('discovery'), advance('planning')] });
    const { baton, runner } = await setUp(team);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
    const types = await typesOf(baton, workflowId);
    expect(types.filter((type) => type === 'attempt_failed')).toHaveLength(2);
  });

  it.each([
    ['an error that no retry helps', new Error('boom'), 'internal', 'boom'],
    ['a role that gives up', { kind: 'fail', reason: 'impossible' }, 'role_failed', 'impossible'],
    ['an answer of the wrong shape', { kind: 'shrug' }, 'invalid_input', 'kind'],
    [
      'an output that does not fit',
      { kind: 'advance', result: { summary: '' } },
      'invalid_input',
      'requirements',
    ],
  ])('takes %s to error', async (_, answer, code, words) => {
    const { baton, runner } = await setUp(aTeam({ q_assistant: [answer as ScriptedAnswer] }));
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'error');
    const { failure } = await baton.status({ workflowId });
    expect(failure).toMatchObject({ code, phase: 'discovery' });
    expect(failure?.message).toContain(words);
  });

  it.each([
    ['longer than an event holds', new Error('x'.repeat(70_000)), 'x'.repeat(1000)],
    ['with a NUL', new Error('bad \0 byte'), 'bad \ufffd byte'],
    ['cut in a character', new Error('cut \ud83d'), 'cut \ufffd'],
    ['without words', Object.create(null) as Error, '[object Object]'],
  ])('records a failure %s', async (_, thrown, words) => {
    const role: RoleAdapter = { role: 'q_assistant', perform: () => Promise.reject(thrown) };
    const { baton, runner } = await setUp([role]);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'error');
    expect((await baton.status({ workflowId })).failure?.message).toContain(words);
  });

  it('lets work that is in trouble keep no other work from being done', async () => {
    const broken = new Set<string>();
    const memory = await createMemoryStore();
    const store: WorkflowStore = {
      ...memory,
      async load(id, requestId) {
        if (broken.has(id)) throw new BatonError('data_loss', 'unreadable');
        return memory.load(id, requestId);
      },
    };
    // Without a cache, so that each claim reads the store.
    const baton = createOrchestrator({ store, cacheSize: 0, workPollMs: 5 });
    for (let i = 0; i < 6; i++) broken.add((await baton.start(aBuild())).workflowId);
    const healthy = await baton.start(aBuild());
    const reports: RunnerReport[] = [];
    const onReport = (report: RunnerReport) => void reports.push(report);
    const runner = createRunner({ source: baton, roles: aTeam(), concurrency: 2, onReport });
    endWithTest(runner);
    void runner.run();
    await reaches(baton, healthy.workflowId, 'complete');
    const troubled = () =>
      reports.flatMap((one) => (one.kind === 'trouble' ? [one.workflowId] : []));
    await expect.poll(() => new Set(troubled())).toEqual(broken);
  });

  it('survives an observer that throws', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const onReport = () => {
      throw new Error('watcher');
    };
    const { baton, runner } = await setUp(aTeam(), { onReport });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
    expect(warned).toHaveBeenCalled();
    warned.mockRestore();
  });

  it.each(['open', 'renewClaims', 'failAttempt'])(
    'stops although %s never answers',
    async (hung) => {
      const never = () => new Promise<never>(() => undefined);
      const { baton } = await setUp([]);
      const source = Object.assign(Object.create(baton), baton, { [hung]: never });
      let begun = false;
      const role: RoleAdapter = {
        role: 'q_assistant',
        perform: () => {
          begun = true;
          return never();
        },
      };
      const workspaces = hung === 'open' ? { open: () => never() } : undefined;
      const clock = createFakeClock();
      const runner = createRunner({
        source,
        roles: [role],
        clock,
        leaseMs: 3000,
        workspaces,
      });
      const ended = runner.run();
      const { workflowId } = await baton.start(aBuild());
      const ticking = setInterval(() => clock.advance(500), 1);
      await expect.poll(async () => (await baton.status({ workflowId })).attempt).toBe(1);
      await expect.poll(() => begun || hung === 'open').toBe(true);
      await runner.stop(0);
      await ended;
      clearInterval(ticking);
    },
  );

  it('outlives a store that is away for a while', async () => {
    const { baton } = await setUp([]);
    let away = 20;
    const fail = (): void => {
      if (away-- > 0 && away % 3 > 0) throw new BatonError('unavailable', 'no connection');
    };
    const flaky = new Proxy(baton, {
      get(target, key: keyof Orchestrator) {
        if (key === 'takeWork') {
          return async function* (request: TakeWorkRequest, signal?: AbortSignal) {
            for await (const work of target.takeWork(request, signal)) {
              yield work;
              fail();
            }
          };
        }
        return async (request: never) => {
          fail();
          return (target[key] as (request: never) => unknown)(request);
        };
      },
    });
    const runner = createRunner({
      source: flaky,
      roles: aTeam(),
      backoff: { initialMs: 1, maxMs: 2 },
    });
    endWithTest(runner);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
  });
});
