import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import type { Outcome } from '../model/outcome.ts';
import { NO_USAGE } from '../model/usage.ts';
import { createOrchestrator } from '../orchestrator/orchestrator.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import type { ScriptedAnswer } from '../testing/scripted-role.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { createRunner } from './runner.ts';
import { advance, aTeam, endWithTest, eventsOf, reaches, setUp, typesOf } from './testing/team.ts';

describe('a runner', () => {
  it('carries a build from discovery to complete, through a retry with feedback', async () => {
    const retry: Outcome = { kind: 'request_retry', reason: 'two tests fail', details: 'not ok 7' };
    const team = aTeam({ test_auditor: [retry, advance('testing')] });
    const { baton, runner } = await setUp(team);
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
    const store = await createMemoryStore();
    const { runner } = await setUp(aTeam(), {}, { store });
    // Another process, without a dispatcher to tell of what it does.
    const baton = createOrchestrator({ store });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
  });

  it('shares the work with others: every assignment is performed once', async () => {
    const team = aTeam({ q_assistant: [({ state }) => advance(state as 'discovery')] });
    const { baton, runner } = await setUp(team, { worker: 'one' });
    const other = createRunner({
      source: baton,
      roles: team,
      worker: 'two',
    });
    endWithTest(other);
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

  it('claims in the name of its role, and of the runner where the role names no worker', async () => {
    const named = { models: ['acme:large'], modelFamilies: ['acme'], worker: 'eve' };
    const roles = aTeam().map((role, i) => (i === 0 ? { ...role, principal: named } : role));
    const { baton, runner } = await setUp(roles, { worker: 'w1' });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
    const claims = (await eventsOf(baton, workflowId))
      .filter(({ type }) => type === 'assignment_claimed')
      .map(({ triggeredBy, data }) => [triggeredBy, data['state'], data['models']]);
    expect(claims.slice(0, 3)).toEqual([
      ['eve', 'discovery', ['acme:large']],
      ['eve', 'planning', ['acme:large']],
      ['w1', 'implementation', undefined],
    ]);
  });

  it('does only the work of its roles, and of its workflow if it was given one', async () => {
    // Whichever runner is first: both may perform this role for the second build.
    const asks: ScriptedAnswer = ({ state }) => advance(state as 'discovery');
    const team = aTeam({ q_assistant: [asks] });
    const { baton, runner } = await setUp(team.filter(({ role }) => role === 'q_assistant'));
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'handoff_to_coder');
    const mine = await baton.start(aBuild());
    const only = createRunner({
      source: baton,
      roles: team,
      workflowId: mine.workflowId,
    });
    endWithTest(only);
    void only.run();
    await reaches(baton, mine.workflowId, 'complete');
    expect((await baton.status({ workflowId })).state).toBe('handoff_to_coder');
  });

  it('renews its claim while a role works longer than the lease', async () => {
    let heirs = 0;
    const slow = async ({ state }: { state: string }): Promise<Outcome> => {
      if (state !== 'discovery') return advance('planning');
      heirs++;
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return advance('discovery');
    };
    const { baton, runner } = await setUp(aTeam({ q_assistant: [slow] }), {
      leaseMs: 2000,
    });
    const other = createRunner({
      source: baton,
      roles: aTeam({ q_assistant: [slow] }),
      leaseMs: 2000,
    });
    endWithTest(other);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await expect.poll(() => heirs).toBe(1);
    void other.run();
    await reaches(baton, workflowId, 'complete');
    expect(heirs).toBe(1);
  });

  it('aborts a role whose workflow was taken from it, and reports nothing of it', async () => {
    let aborted = false;
    const stubborn = (_: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise<Outcome>(() => signal.addEventListener('abort', () => (aborted = true)));
    const { baton, runner } = await setUp(
      aTeam({ code_writer: [stubborn, advance('implementation')] }),
      {
        leaseMs: 2000,
      },
    );
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await expect.poll(async () => (await baton.status({ workflowId })).claim).toBeDefined();
    await reaches(baton, workflowId, 'implementation');
    await baton.rollback({ workflowId, targetState: 'planning', reason: 'changed my mind' });
    await reaches(baton, workflowId, 'complete');
    expect(aborted).toBe(true);
    expect(await typesOf(baton, workflowId)).not.toContain('attempt_failed');
  });

  it('says what an attempt used that lost its claim', async () => {
    const used = { ...NO_USAGE, requests: 2, inputTokens: 70, outputTokens: 30 };
    const spending: ScriptedAnswer = ({ attempt }, { signal, usage }) => {
      if (attempt > 1) return advance('discovery');
      usage(used);
      return new Promise<Outcome>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    };
    const team = aTeam({ q_assistant: [spending, advance('discovery'), advance('planning')] });
    const { baton, runner } = await setUp(team, { leaseMs: 1000 });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await expect.poll(async () => (await baton.status({ workflowId })).claim).toBeDefined();
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'changed my mind' });
    await expect
      .poll(async () => (await baton.status({ workflowId })).usage['discovery'])
      .toMatchObject({ requests: 2, inputTokens: 70, outputTokens: 30 });
    expect(await typesOf(baton, workflowId)).toContain('attempt_lost');
  });

  it('ends the work at the deadline of the workflow', async () => {
    const endless = () => new Promise<Outcome>(() => undefined);
    const { baton, runner } = await setUp(aTeam({ q_assistant: [endless] }));
    void runner.run();
    const { workflowId } = await baton.start(aBuild({ timeoutMs: 200 }));
    await reaches(baton, workflowId, 'error');
    expect((await baton.status({ workflowId })).failure).toMatchObject({
      code: 'timed_out',
      message: expect.stringContaining('ran out of its 0.2 s (its timeout)'),
    });
  });

  it('moves work that no worker holds to error when its time is over, even of another role', async () => {
    const { baton, runner } = await setUp(aTeam().filter(({ role }) => role === 'release_manager'));
    void runner.run();
    const { workflowId } = await baton.start(aBuild({ timeoutMs: 10 }));
    await reaches(baton, workflowId, 'error');
  });

  it('that stops lets work under way end, and gives back what takes too long', async () => {
    let finish: (outcome: Outcome) => void = () => undefined;
    const waiting = () => new Promise<Outcome>((resolve) => (finish = resolve));
    const team = aTeam({ q_assistant: [waiting] });
    const { baton, runner } = await setUp(team, { worker: 'first' });
    const run = runner.run();
    const { workflowId } = await baton.start(aBuild());
    await expect.poll(() => team[0]?.assignments).toHaveLength(1);
    const stopping = runner.stop();
    finish(advance('discovery'));
    await Promise.all([stopping, run]);
    expect(await baton.status({ workflowId })).toMatchObject({
      state: 'planning',
      claim: undefined,
    });

    const next = createRunner({ source: baton, roles: team });
    void next.run();
    await expect.poll(() => team[0]?.assignments).toHaveLength(2);
    await next.stop(20);
    expect(await baton.status({ workflowId })).toMatchObject({
      state: 'planning',
      claim: undefined,
      attempt: 0,
    });
  });
});
