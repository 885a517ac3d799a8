import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMemoryDispatcher } from '../memory/memory-dispatcher.ts';
import { createMemoryStore } from '../memory/memory-store.ts';
import { BatonError } from '../model/errors.ts';
import type { WorkflowEvent } from '../model/event.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Outcome } from '../model/outcome.ts';
import { NO_USAGE } from '../model/usage.ts';
import { createOrchestrator } from '../orchestrator/orchestrator.ts';
import type { Orchestrator } from '../orchestrator/views.ts';
import type { RoleAdapter } from '../ports/role-adapter.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createScriptedRole, type ScriptedAnswer } from '../testing/scripted-role.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { createRunner, type Runner } from './runner.ts';
import type { RunnerOptions, RunnerReport } from './runner-options.ts';

const running: Runner[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((runner) => runner.stop(0)));
});

function advance(phase: keyof typeof passingOutputs): Outcome {
  return { kind: 'advance', result: passingOutputs[phase] as Record<string, never> };
}

function aTeam(
  overrides: Partial<Record<string, readonly [ScriptedAnswer, ...ScriptedAnswer[]]>> = {},
) {
  const scripts: Record<string, readonly [ScriptedAnswer, ...ScriptedAnswer[]]> = {
    q_assistant: [advance('discovery'), advance('planning')],
    code_writer: [advance('implementation')],
    test_auditor: [advance('testing')],
    verification_overseer: [advance('verification')],
    release_manager: [advance('deployment')],
    ...(overrides as Record<string, readonly [ScriptedAnswer, ...ScriptedAnswer[]]>),
  };
  return Object.entries(scripts).map(([role, answers]) => createScriptedRole(role, ...answers));
}

function setUp(roles: readonly RoleAdapter[], options: Partial<RunnerOptions> = {}) {
  const dispatcher = createMemoryDispatcher();
  const baton = createOrchestrator({ store: createMemoryStore(), dispatcher });
  const reports: RunnerReport[] = [];
  const runner = createRunner({
    source: baton,
    roles,
    dispatcher,
    pollMs: 10,
    backoff: { initialMs: 1, maxMs: 2 },
    onReport: (report) => reports.push(report),
    ...options,
  });
  running.push(runner);
  return { baton, runner, reports, dispatcher };
}

async function reaches(baton: Orchestrator, workflowId: string, state: string): Promise<void> {
  await vi.waitFor(
    async () => expect((await baton.status({ workflowId })).state).toBe(state),
    5000,
  );
}

async function eventsOf(baton: Orchestrator, workflowId: string): Promise<WorkflowEvent[]> {
  const events: WorkflowEvent[] = [];
  for await (const event of baton.watch({ workflowId, follow: false })) events.push(event);
  return events;
}

async function typesOf(baton: Orchestrator, workflowId: string): Promise<string[]> {
  return (await eventsOf(baton, workflowId)).map(({ type }) => type);
}

describe('a runner', () => {
  it('carries a build from discovery to complete, through a retry with feedback', async () => {
    const retry: Outcome = { kind: 'request_retry', reason: 'two tests fail', details: 'not ok 7' };
    const team = aTeam({ test_auditor: [retry, advance('testing')] });
    const { baton, runner } = setUp(team);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
    const writer = team.find(({ role }) => role === 'code_writer');
    expect(writer?.assignments.map(({ feedback }) => feedback?.reason)).toEqual([
      undefined,
      'two tests fail',
    ]);
    expect(writer?.assignments[1]).toMatchObject({
      epoch: 2,
      attempt: 1,
      feedback: { fromState: 'testing', fromRole: 'test_auditor', details: 'not ok 7' },
      inputs: { discovery: passingOutputs.discovery, planning: passingOutputs.planning },
    });
    expect(await baton.status({ workflowId })).toMatchObject({ retries: 1, handoffs: 13 });
  });

  it('finds work without any hint', async () => {
    const dispatcher = createMemoryDispatcher();
    const { baton, runner } = setUp(aTeam(), { dispatcher });
    const { workflowId } = await baton.start(aBuild());
    void runner.run();
    await reaches(baton, workflowId, 'complete');
  });

  it('shares the work with others: every assignment is performed once', async () => {
    const team = aTeam({ q_assistant: [({ state }) => advance(state as 'discovery')] });
    const { baton, runner, dispatcher } = setUp(team, { worker: 'one' });
    const other = createRunner({
      source: baton,
      roles: team,
      dispatcher,
      pollMs: 10,
      worker: 'two',
    });
    running.push(other);
    void runner.run();
    void other.run();
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await baton.start(aBuild())).workflowId),
    );
    for (const id of ids) await reaches(baton, id, 'complete');
    const performed = team.flatMap(({ assignments }) => assignments);
    expect(performed).toHaveLength(20 * 6);
    expect(new Set(performed.map(({ workflowId, state }) => `${workflowId} ${state}`)).size).toBe(
      120,
    );
  });

  it('does only the work of its roles, and of its workflow if it was given one', async () => {
    const { baton, runner } = setUp(aTeam().filter(({ role }) => role === 'q_assistant'));
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'handoff_to_coder');
    const mine = await baton.start(aBuild());
    const only = createRunner({
      source: baton,
      roles: aTeam(),
      workflowId: mine.workflowId,
      pollMs: 5,
    });
    running.push(only);
    void only.run();
    await reaches(baton, mine.workflowId, 'complete');
    expect((await baton.status({ workflowId })).state).toBe('handoff_to_coder');
  });

  it('tries again with a pause what can be helped by it', async () => {
    const away = new BatonError('unavailable', 'overloaded');
    const team = aTeam({ q_assistant: [away, away, advance('discovery'), advance('planning')] });
    const { baton, runner } = setUp(team);
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
    const { baton, runner } = setUp(aTeam({ q_assistant: [answer as ScriptedAnswer] }));
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'error');
    const { failure } = await baton.status({ workflowId });
    expect(failure).toMatchObject({ code, phase: 'discovery' });
    expect(failure?.message).toContain(words);
  });

  it('renews its claim while a role works longer than the lease', async () => {
    let heirs = 0;
    const slow = async ({ state }: { state: string }): Promise<Outcome> => {
      if (state !== 'discovery') return advance('planning');
      heirs++;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return advance('discovery');
    };
    const { baton, runner, dispatcher } = setUp(aTeam({ q_assistant: [slow] }), { leaseMs: 1000 });
    const other = createRunner({
      source: baton,
      roles: aTeam({ q_assistant: [slow] }),
      dispatcher,
      leaseMs: 1000,
      pollMs: 20,
    });
    running.push(other);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await vi.waitFor(() => expect(heirs).toBe(1));
    void other.run();
    await reaches(baton, workflowId, 'complete');
    expect(heirs).toBe(1);
  });

  it('aborts a role whose workflow was taken from it, and reports nothing of it', async () => {
    let aborted = false;
    const stubborn = (_: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise<Outcome>(() => signal.addEventListener('abort', () => (aborted = true)));
    const { baton, runner } = setUp(aTeam({ code_writer: [stubborn, advance('implementation')] }), {
      leaseMs: 1000,
    });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await vi.waitFor(async () => expect((await baton.status({ workflowId })).claim).toBeDefined());
    await reaches(baton, workflowId, 'implementation');
    await baton.rollback({ workflowId, targetState: 'planning', reason: 'changed my mind' });
    await reaches(baton, workflowId, 'complete');
    expect(aborted).toBe(true);
    expect(await typesOf(baton, workflowId)).not.toContain('attempt_failed');
  });

  it('ends the work at the deadline of the workflow', async () => {
    const endless = () => new Promise<Outcome>(() => undefined);
    const { baton, runner } = setUp(aTeam({ q_assistant: [endless] }));
    void runner.run();
    const { workflowId } = await baton.start(aBuild({ timeoutSeconds: 0.2 }));
    await reaches(baton, workflowId, 'error');
    expect((await baton.status({ workflowId })).failure).toMatchObject({
      code: 'deadline_exceeded',
    });
  });

  it('that stops lets work under way end, and gives back what takes too long', async () => {
    let finish: (outcome: Outcome) => void = () => undefined;
    const waiting = () => new Promise<Outcome>((resolve) => (finish = resolve));
    const team = aTeam({ q_assistant: [waiting] });
    const { baton, runner } = setUp(team, { worker: 'first' });
    const run = runner.run();
    const { workflowId } = await baton.start(aBuild());
    await vi.waitFor(() => expect(team[0]?.assignments).toHaveLength(1));
    const stopping = runner.stop();
    finish(advance('discovery'));
    await Promise.all([stopping, run]);
    expect(await baton.status({ workflowId })).toMatchObject({
      state: 'planning',
      claim: undefined,
    });

    const next = createRunner({ source: baton, roles: team, pollMs: 5 });
    void next.run();
    await vi.waitFor(() => expect(team[0]?.assignments).toHaveLength(2));
    await next.stop(20);
    expect(await baton.status({ workflowId })).toMatchObject({
      state: 'planning',
      claim: undefined,
      attempt: 0,
    });
  });

  it('opens the workspace as the assignment says, and hands on its checkpoint', async () => {
    const opened: (string | undefined)[] = [];
    let tree = 0;
    const workspaces = {
      open: async (_: string, checkpoint: { digest: string } | undefined) => {
        opened.push(checkpoint?.digest);
        return {
          path: '/nowhere',
          digest: async () => `tree-${tree}`,
          checkpoint: async () => ({ commit: `commit-${tree}`, digest: `tree-${tree}` }),
          resolve: async (relative: string) => relative,
          changedFiles: async () => [],
        };
      },
    };
    const judged =
      (phase: 'testing' | 'verification' | 'deployment', ...purposes: string[]): ScriptedAnswer =>
      async (_, { workspace, evidence }) => {
        const digest = (await workspace?.digest()) ?? '';
        for (const purpose of purposes) evidence(evidenceOn(digest, purpose));
        return { kind: 'advance', result: passingOutputs[phase] };
      };
    const team = aTeam({
      code_writer: [
        () => {
          tree++;
          return advance('implementation');
        },
      ],
      test_auditor: [judged('testing', 'test')],
      verification_overseer: [judged('verification', 'verify: quality')],
      release_manager: [judged('deployment', 'deploy', 'smoke: home')],
    });
    const { baton, runner } = setUp(team, { workspaces });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
    expect(opened).toEqual([undefined, 'tree-0', 'tree-0', 'tree-1', 'tree-1', 'tree-1']);
  });

  it('takes evidence from what was run, never from what is claimed', async () => {
    const invented = { ...passingOutputs.discovery, evidence: [evidenceOn('tree-0', 'test')] };
    const team = aTeam({ q_assistant: [{ kind: 'advance', result: invented as never }] });
    const { baton, runner } = setUp(team.slice(0, 1));
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'error');
    const { handoffs } = await baton.history({ workflowId });
    expect(handoffs[0]?.data).toEqual(passingOutputs.discovery);
    expect(await eventsOf(baton, workflowId)).toContainEqual(
      expect.objectContaining({
        type: 'noted',
        data: expect.objectContaining({ code: 'evidence_dropped' }),
      }),
    );
  });

  it('sends an output back that does not pass its gates, with what they found', async () => {
    const red = { ...passingOutputs.testing, coveragePercent: 40 };
    const team = aTeam({ test_auditor: [{ kind: 'advance', result: red }, advance('testing')] });
    const { baton, runner } = setUp(team);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
    const writer = team.find(({ role }) => role === 'code_writer');
    expect(writer?.assignments[1]?.feedback?.reason).toContain('coverage is 40 %');
  });

  it.each([
    ['longer than an event holds', new Error('x'.repeat(70_000)), 'x'.repeat(1000)],
    ['with a NUL', new Error('bad \0 byte'), 'bad \ufffd byte'],
    ['cut in a character', new Error('cut \ud83d'), 'cut \ufffd'],
    ['without words', Object.create(null) as Error, '[object Object]'],
  ])('records a failure %s', async (_, thrown, words) => {
    const role: RoleAdapter = { role: 'q_assistant', perform: () => Promise.reject(thrown) };
    const { baton, runner } = setUp([role]);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'error');
    expect((await baton.status({ workflowId })).failure?.message).toContain(words);
  });

  it('masks secrets in outcomes, notes, progress and failures', async () => {
    const team = [
      createScriptedRole('q_assistant', (_, { note, progress }) => {
        note({ code: 'seen', message: 'found s3cret' });
        progress('reading s3cret');
        return { kind: 'advance', result: { summary: 's3cret', requirements: ['a', 's3cret'] } };
      }),
      createScriptedRole('code_writer', new Error('s3cret was wrong')),
    ];
    const redact = (text: string) => text.replaceAll('s3cret', '***');
    const { baton, runner, reports } = setUp(team, { redact });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await vi.waitFor(async () => {
      expect((await baton.status({ workflowId })).attempt + reports.length).toBeGreaterThan(2);
      expect((await baton.history({ workflowId })).handoffs).toHaveLength(1);
    });
    const kept = [await baton.history({ workflowId }), await eventsOf(baton, workflowId)];
    const progress = reports.filter(({ kind }) => kind === 'progress');
    expect(
      JSON.stringify([kept, progress.map((one) => 'message' in one && one.message)]),
    ).not.toContain('s3cret');
    expect(JSON.stringify(kept)).toContain('found ***');
  });

  it('waits for the answers to its questions, and hands them on', async () => {
    const team = aTeam({
      q_assistant: [
        { kind: 'ask', questions: [{ text: 'Which colour?', choices: ['black', 'grey'] }] },
        advance('discovery'),
        advance('planning'),
      ],
    });
    const { baton, runner } = setUp(team);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await vi.waitFor(async () =>
      expect((await baton.status({ workflowId })).awaiting?.kind).toBe('answers'),
    );
    await baton.answerQuestion({ workflowId, questionId: 'q1', answer: 'grey', answeredBy: 'ada' });
    await reaches(baton, workflowId, 'complete');
    const assistant = team.find(({ role }) => role === 'q_assistant');
    expect(assistant?.assignments[1]?.answers).toEqual([
      { question: 'Which colour?', answer: 'grey', answeredBy: 'ada' },
    ]);
  });

  it('has usage settled with the outcome, whatever that is', async () => {
    const used = { ...NO_USAGE, requests: 1, inputTokens: 10, outputTokens: 5, cost: 0.5 };
    const team = aTeam({
      q_assistant: [
        (_, { usage }) => {
          usage(used);
          throw new BatonError('unavailable', 'overloaded');
        },
        (_, { usage }) => {
          usage(used);
          usage(used);
          return advance('discovery');
        },
        new BatonError('invalid_input', 'enough'),
      ],
    });
    const { baton, runner } = setUp(team);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'error');
    const { usage } = await baton.status({ workflowId });
    expect(usage['discovery']).toMatchObject({ requests: 3, inputTokens: 30, cost: 1.5 });
  });

  it('lets work that is in trouble keep no other work from being done', async () => {
    const { baton, dispatcher } = setUp([]);
    const broken = new Set<string>();
    for (let i = 0; i < 6; i++) broken.add((await baton.start(aBuild())).workflowId);
    const source = Object.assign(Object.create(baton), baton, {
      claim: async (request: { workflowId: string }) => {
        if (broken.has(request.workflowId)) throw new BatonError('data_loss', 'unreadable');
        return baton.claim(request as never);
      },
    });
    const healthy = await baton.start(aBuild());
    const runner = createRunner({ source, roles: aTeam(), dispatcher, pollMs: 5, concurrency: 2 });
    running.push(runner);
    void runner.run();
    await reaches(baton, healthy.workflowId, 'complete');
  });

  it('survives whoever watches it', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const onReport = () => {
      throw new Error('watcher');
    };
    const { baton, runner } = setUp(aTeam(), { onReport });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
    expect(warned).toHaveBeenCalled();
    warned.mockRestore();
  });

  it.each(['open', 'renewClaim', 'failAttempt'])(
    'stops although %s never answers',
    async (hung) => {
      const never = () => new Promise<never>(() => undefined);
      const { baton } = setUp([]);
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
        ...(workspaces !== undefined && { workspaces }),
      });
      const ended = runner.run();
      const { workflowId } = await baton.start(aBuild());
      const ticking = setInterval(() => clock.advance(500), 1);
      await vi.waitFor(async () => {
        expect((await baton.status({ workflowId })).attempt).toBe(1);
        expect(begun || hung === 'open').toBe(true);
      });
      await runner.stop(0);
      await ended;
      clearInterval(ticking);
    },
  );

  it('outlives a store that is away for a while', async () => {
    const { baton, dispatcher } = setUp(aTeam());
    let away = 20;
    const flaky = new Proxy(baton, {
      get: (target, key: keyof Orchestrator) =>
        key === 'describeDefinition' || key === 'watch'
          ? target[key]
          : async (request: never) => {
              if (away-- > 0 && away % 3 > 0) throw new BatonError('unavailable', 'no connection');
              return (target[key] as (request: never) => unknown)(request);
            },
    });
    const runner = createRunner({
      source: flaky,
      roles: aTeam(),
      dispatcher,
      pollMs: 2,
      backoff: { initialMs: 1, maxMs: 2 },
    });
    running.push(runner);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
  });
});

function evidenceOn(workspaceDigest: string, purpose: string): Evidence {
  return {
    purpose,
    argv: ['true'],
    exitCode: 0,
    startedAt: 0,
    durationMs: 1,
    outputDigest: 'x',
    workspaceDigest,
  };
}
