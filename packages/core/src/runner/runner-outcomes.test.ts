import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineWorkflow } from '../model/define-workflow.ts';
import { BatonError } from '../model/errors.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Redact } from '../model/redact.ts';
import { NO_USAGE } from '../model/usage.ts';
import type { WorkspaceUse } from '../ports/workspace.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { createScriptedRole, type ScriptedAnswer } from '../testing/scripted-role.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { emptyWorkspace } from './testing/empty-workspace.ts';
import { advance, aTeam, eventsOf, evidenceOn, reaches, setUp } from './testing/team.ts';

describe('what a role answers', () => {
  it('opens the workspace as the assignment says, and hands on its checkpoint', async () => {
    const opened: string[] = [];
    let tree = 0;
    const workspaces = {
      open: async (
        _: string,
        checkpoint: { digest: string } | undefined,
        use: WorkspaceUse | undefined,
      ) => {
        opened.push(`${checkpoint?.digest ?? 'nothing'} by ${use}`);
        return {
          ...emptyWorkspace(),
          digest: async () => `tree-${tree}`,
          checkpoint: async () => ({ commit: `commit-${tree}`, digest: `tree-${tree}` }),
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
    const judges = ['test_auditor', 'release_manager'];
    const roles = team.map((one) => ({ ...one, judges: judges.includes(one.role) }));
    const { baton, runner } = await setUp(roles, { workspaces });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
    expect(opened).toEqual([
      'nothing by author',
      'tree-0 by author',
      'tree-0 by author',
      'tree-1 by judge',
      'tree-1 by author',
      'tree-1 by judge',
    ]);
  });

  it('takes evidence from what was run, never from what is claimed', async () => {
    const invented = { ...passingOutputs.discovery, evidence: [evidenceOn('tree-0', 'test')] };
    const team = aTeam({ q_assistant: [{ kind: 'advance', result: invented as never }] });
    const { baton, runner } = await setUp(team.slice(0, 1));
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

  it('is refused for good when it is nested too deeply, before anything goes down into it', async () => {
    const nest = (depth: number): object =>
      Array.from({ length: depth }).reduce<object>((inner) => ({ inner }), {});
    for (const depth of [64, 100_000]) {
      const deep = { ...passingOutputs.discovery, more: nest(depth) };
      const team = aTeam({ q_assistant: [{ kind: 'advance', result: deep as never }] });
      const { baton, runner } = await setUp(team.slice(0, 1));
      void runner.run();
      const { workflowId } = await baton.start(aBuild());
      await reaches(baton, workflowId, 'error');
      const { failure } = await baton.status({ workflowId });
      expect(failure?.message).toMatch(/result\.more\..*: nested more than 64 deep/);
    }
  });

  const shared = Array.from({ length: 40 }).reduce<object>((one) => ({ a: one, b: one }), {});

  it.each<[string, unknown, string]>([
    ['a Date', new Date(0), 'expected JSON, found Date'],
    ['a Map', new Map([[1, 2]]), 'expected JSON, found Map'],
    ['a URL', new URL('http://x/'), 'expected JSON, found URL'],
    ['an Error', new Error('x'), 'expected JSON, found Error'],
    ['bytes', new Uint8Array([1]), 'expected JSON, found Uint8Array'],
    ['a regular expression', /x/, 'expected JSON, found RegExp'],
    ['a number that is none', Number.NaN, 'expected a finite number, found NaN'],
    ['a function', () => 1, 'expected JSON, found function'],
    ['one object in a billion places', shared, 'more than 10000 values'],
  ])('is refused for good when %s is in it, with its path', async (_, odd, problem) => {
    const result = { ...passingOutputs.discovery, deep: [{ odd }] } as never;
    const team = aTeam({ q_assistant: [{ kind: 'advance', result }] });
    const { baton, runner } = await setUp(team.slice(0, 1));
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'error');
    const { failure } = await baton.status({ workflowId });
    expect(failure?.message).toContain(problem);
    if (odd !== shared) expect(failure?.message).toContain('result.deep.0.odd: ');
  });

  it('is not spoilt by progress that is no text', async () => {
    const answer: ScriptedAnswer = (_, { progress }) => {
      for (const odd of [42, undefined, { a: 1 }, null]) progress(odd as never);
      return advance('discovery');
    };
    const { baton, runner, reports } = await setUp(
      aTeam({ q_assistant: [answer, advance('planning')] }),
    );
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
    const said = reports.flatMap((one) => (one.kind === 'progress' ? [one.message] : []));
    expect(said).toEqual(['42', 'undefined', '[object Object]', 'null']);
  });

  it('that misses its schema is asked for again, as often as an assignment may be claimed', async () => {
    const slip: Outcome = { kind: 'advance', result: { summary: 's' } };
    const once = aTeam({ q_assistant: [slip, advance('discovery'), advance('planning')] });
    const fine = await setUp(once);
    void fine.runner.run();
    const first = await fine.baton.start(aBuild());
    await reaches(fine.baton, first.workflowId, 'complete');
    expect(once[0]?.assignments.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['discovery', 1],
      ['discovery', 2],
      ['planning', 1],
    ]);
    expect(once[0]?.assignments[1]?.feedback?.reason).toContain('requirements');
    const { baton, runner } = await setUp(aTeam({ q_assistant: [slip] }).slice(0, 1));
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'error');
    const { failure } = await baton.status({ workflowId });
    expect(failure?.message).toContain("the output of 'discovery' is not valid: requirements");
  });

  it('that is too large beside the others is asked for again', async () => {
    const text = 'x'.repeat(1_700_000);
    const large = { ...passingOutputs.discovery, text };
    const answer: Outcome = { kind: 'advance', result: large };
    const team = aTeam({ q_assistant: [answer, advance('discovery'), advance('planning')] });
    const { baton, runner } = await setUp(team);
    void runner.run();
    const { workflowId } = await baton.start(aBuild({ requirements: { text } }));
    await reaches(baton, workflowId, 'complete');
    expect(team[0]?.assignments.map(({ attempt }) => attempt)).toEqual([1, 2, 1]);
    expect(team[0]?.assignments[1]?.feedback?.reason).toContain('bytes of JSON together');
  });

  it('sends an output back that does not pass its gates, with what they found', async () => {
    const red = { ...passingOutputs.testing, coveragePercent: 40 };
    const team = aTeam({ test_auditor: [{ kind: 'advance', result: red }, advance('testing')] });
    const { baton, runner } = await setUp(team);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'complete');
    const writer = team.find(({ role }) => role === 'code_writer');
    expect(writer?.assignments[1]?.feedback?.reason).toContain('coverage is 40 %');
  });

  it('asks the first phase again for an output that does not pass, with what its gates found', async () => {
    const article = defineWorkflow({
      name: 'article',
      version: 1,
      roles: { writer: { title: 'Writer', instructions: 'Write.' } },
      states: {
        draft: {
          phase: 'writer',
          output: z.looseObject({ words: z.int() }),
          gates: [
            {
              name: 'long_enough',
              description: 'At least 100 words',
              check: ({ words }) => (Number(words) >= 100 ? undefined : `found ${words} words`),
            },
          ],
          to: 'published',
        },
        published: { final: true },
      },
    });
    const words = (count: number): Outcome => ({ kind: 'advance', result: { words: count } });
    const writer = createScriptedRole('writer', words(12), words(50), words(800));
    const { baton, runner } = await setUp([writer], {}, { definitions: [article] });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'published');
    expect(writer.assignments.map(({ feedback }) => feedback?.reason)).toEqual([
      undefined,
      expect.stringContaining('found 12 words'),
      expect.stringContaining('found 50 words'),
    ]);
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
    const { baton, runner, reports } = await setUp(team, { redact });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    const begun = async () => (await baton.status({ workflowId })).attempt + reports.length;
    await expect.poll(begun).toBeGreaterThan(2);
    await expect.poll(async () => (await baton.history({ workflowId })).handoffs).toHaveLength(1);
    const kept = [await baton.history({ workflowId }), await eventsOf(baton, workflowId)];
    const progress = reports.filter(({ kind }) => kind === 'progress');
    expect(
      JSON.stringify([kept, progress.map((one) => 'message' in one && one.message)]),
    ).not.toContain('s3cret');
    expect(JSON.stringify(kept)).toContain('found ***');
  });

  it('masks what progress tells line by line, and what a failed attempt is reported with', async () => {
    const lines = (text: string) =>
      text.replaceAll(/<[^>]*>/g, (found) => `*${found.replace(/[^\n]/g, '')}`);
    const redact: Redact = Object.assign(lines, {
      stream() {
        let all = '';
        const add = (piece: string) => {
          all += piece;
          return '';
        };
        return { add, end: () => lines(all) };
      },
    });
    const failure = new Error('<s3cret> was wrong', { cause: new Error('s3cret') });
    const team = [
      createScriptedRole('q_assistant', (_, { progress, redact: given }) => {
        for (const line of ['a <s3', 'cret> b']) progress(line);
        expect(given).toBe(redact);
        throw failure;
      }),
    ];
    const { baton, runner, reports } = await setUp(team, { redact });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'error');
    const said = reports.flatMap((one) => (one.kind === 'progress' ? [one.message] : []));
    expect(said).toEqual(['a *', ' b']);
    const failed = reports.find(({ kind }) => kind === 'attempt_failed') as { error: BatonError };
    expect(failed.error.message).toBe('* was wrong');
    expect(failed.error.cause).toBeUndefined();
    expect(failed.error.stack).not.toContain('s3cret');
  });

  it('waits for the answers to its questions, and hands them on', async () => {
    const team = aTeam({
      q_assistant: [
        { kind: 'ask', questions: [{ text: 'Which colour?', choices: ['black', 'grey'] }] },
        advance('discovery'),
        advance('planning'),
      ],
    });
    const { baton, runner } = await setUp(team);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await expect
      .poll(async () => (await baton.status({ workflowId })).awaiting?.kind)
      .toBe('answers');
    await baton.answerQuestion({ workflowId, questionId: 'q1', answer: 'grey', by: 'ada' });
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
    const { baton, runner } = await setUp(team);
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'error');
    const { usage } = await baton.status({ workflowId });
    expect(usage['discovery']).toMatchObject({ requests: 3, inputTokens: 30, cost: 1.5 });
  });
});
