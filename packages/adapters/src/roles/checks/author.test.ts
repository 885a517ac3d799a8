import { type JsonObject, type Outcome, PROGRAM } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { GREEN, type Run, testCommand, tests } from '../testing/test-command.ts';
import { askAuthor } from './author.ts';
import { createReleaseManager } from './release-manager.ts';
import { createTestAuditor, type TestAuditorOptions } from './test-auditor.ts';
import { createVerificationOverseer } from './verification-overseer.ts';

const ROLE = 'test_auditor';
const assignment = assignmentOf({ state: 'testing', role: ROLE });

const audit = (
  run: Run,
  options: Partial<TestAuditorOptions>,
  context = contextOf(folderWorkspace({ 'a.ts': 'x' })),
): Promise<Outcome> =>
  createTestAuditor({ test: testCommand(run), ...options }).perform(assignment, context);

const sentBack = (reason: string) => ({ kind: 'request_retry', reason });

describe('an author', () => {
  const says = (outcome: Outcome) => roleOf(ROLE, () => outcome);
  const RED = { ...GREEN, junit: tests({ a: 'failed' }), exitCode: 1 };

  it('adds words, but cannot change what was measured', async () => {
    const author = says({
      kind: 'advance',
      nextState: 'handoff_to_verifier',
      result: {
        notes: 'well tested',
        testsPassed: 9000,
        testsFailed: 0,
        testsSkipped: 0,
        coveragePercent: 100,
        securityIssues: [],
      },
    });
    expect(await audit(GREEN, { author })).toMatchObject({
      kind: 'advance',
      nextState: 'handoff_to_verifier',
      result: {
        notes: 'well tested',
        testsPassed: 2,
        testsFailed: 0,
        testsSkipped: 1,
        coveragePercent: 91,
      },
    });
  });

  it('is held to the files that it found where no command has left any', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const context = contextOf(workspace);
    const agrees: Outcome = { kind: 'advance', result: {} };
    const asked = (author = says(agrees)) => askAuthor(author, assignment, context, {}, undefined);
    expect(await asked()).toMatchObject({ kind: 'agrees' });
    const meddling = roleOf(ROLE, () => {
      workspace.write('a.ts', 'changed');
      return agrees;
    });
    await expect(asked(meddling)).rejects.toThrow('changed files of the workspace');
  });

  it('that claims something else than what was measured is on record', async () => {
    const result = { testsPassed: 9000, testsFailed: 0, coveragePercent: 100 };
    const context = contextOf(folderWorkspace({ 'a.ts': 'x' }));
    await audit(GREEN, { author: says({ kind: 'advance', result }) }, context);
    expect(context.noted).toEqual([
      { code: 'claim_replaced', message: 'testsPassed was claimed as 9000, measured as 2' },
      { code: 'claim_replaced', message: 'coveragePercent was claimed as 100, measured as 91' },
    ]);
  });

  it('adds no flaky tests and no coverage of changed lines that nothing measured', async () => {
    const changedLines = { executable: 9, covered: 9, coveragePercent: 100 };
    const result = { testsFlaky: 1, flakyTests: ['a'], changedLines, summary: 'fine' };
    const outcome = await audit(GREEN, { author: says({ kind: 'advance', result }) });
    if (outcome.kind !== 'advance') return expect.fail(JSON.stringify(outcome));
    expect(outcome.result).toMatchObject({ summary: 'fine', testsPassed: 2 });
    for (const name of ['testsFlaky', 'flakyTests', 'changedLines']) {
      expect(outcome.result).not.toHaveProperty(name);
    }
  });

  it('gets the assignment with what was measured', async () => {
    const author = says({ kind: 'advance', result: {} });
    await audit(GREEN, { author });
    const measured = {
      testsPassed: 2,
      testsFailed: 0,
      testsSkipped: 1,
      coveragePercent: 91,
      coverageOf: 'all',
      coverageLeftOut: 0,
    };
    expect(author.asked).toEqual([{ ...assignment, inputs: { measured } }]);
  });

  it.each<[string, Outcome]>([
    ['a retry request', { kind: 'request_retry', reason: 'x', targetState: 'planning' }],
    ['a failure', { kind: 'fail', reason: 'x' }],
  ])('wins over green tests with %s', async (_, outcome) => {
    expect(await audit(GREEN, { author: says(outcome) })).toEqual(outcome);
  });

  it('sends the work back with the security issues it finds', async () => {
    const author = says({ kind: 'advance', result: { securityIssues: ['SQL injection', 'XSS'] } });
    expect(await audit(GREEN, { author })).toEqual(
      sentBack('open security issues: SQL injection; XSS'),
    );
  });

  it.each<[string, JsonObject, string]>([
    [
      'failed tests',
      { testsFailed: 7, coveragePercent: 3 },
      'testsFailed is 7; coveragePercent is 3',
    ],
    ['failed tests in words', { testsFailed: '0' }, 'testsFailed is "0"'],
    ['failed tests as null', { testsFailed: null }, 'testsFailed is null'],
    ['no test that passed', { testsPassed: 0 }, 'testsPassed is 0'],
    ['too little coverage', { coveragePercent: 79.9 }, 'coveragePercent is 79.9'],
  ])('sends the work back when it finds %s', async (_, numbers, found) => {
    const result = { ...numbers, notes: 'the report is a fake' };
    const outcome = await audit(GREEN, { author: says({ kind: 'advance', result }) });
    expect(outcome).toEqual({
      ...sentBack(`the author says no: ${found}`),
      details: JSON.stringify(result, null, 2),
    });
  });

  it('may count differently, as long as that is green, too', async () => {
    const author = says({ kind: 'advance', result: { testsPassed: 1, coveragePercent: 80 } });
    expect(await audit(GREEN, { author })).toMatchObject({ result: { testsPassed: 2 } });
  });

  it('cannot turn red to green, and is not even asked', async () => {
    const author = says({ kind: 'advance', result: { testsFailed: 0, testsPassed: 1 } });
    expect(await audit(RED, { author })).toMatchObject(sentBack('1 of 1 tests failed: a'));
    expect(author.asked).toEqual([]);
  });

  it('must not change files after the run', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const author = roleOf(ROLE, () => {
      workspace.write('a.ts', 'sneaked in');
      return { kind: 'advance', result: {} };
    });
    await expect(audit(GREEN, { author }, contextOf(workspace))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('changed files of the workspace after the run'),
    });
  });

  it.each([
    ['no outcome', { kind: 'win' }, 'answered no outcome'],
    [
      'issues that are no list of text',
      { kind: 'advance', result: { securityIssues: 'XSS' } },
      `the author's securityIssues is "XSS"`,
    ],
  ])('is refused when it answers %s', async (_, answer, problem) => {
    const author = says(answer as unknown as Outcome);
    await expect(audit(GREEN, { author })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(problem),
    });
  });
});

it('a role with an author is as much of a mind, and reserves as much, as its author', () => {
  const principal = { models: ['anthropic:claude-x'], modelFamilies: ['claude'] };
  const reserve = { tokens: 7 };
  const command = { name: 'x', argv: ['true'] };
  const author = (role: string) => ({
    ...roleOf(role, () => ({ kind: 'fail', reason: 'x' })),
    principal,
    reserve,
  });
  for (const role of [
    createTestAuditor({ test: command, author: author('test_auditor') }),
    createVerificationOverseer({ verify: [command], author: author('verification_overseer') }),
    createReleaseManager({
      deploy: command,
      smoke: [{ ...command, name: 'y' }],
      target: 'x',
      author: author('release_manager'),
    }),
  ]) {
    expect(role).toMatchObject({ principal, reserve });
  }
  const alone = createTestAuditor({ test: command });
  expect(alone).toMatchObject({ principal: PROGRAM, reserve: { tokens: 0, cost: 0 } });
  const silent = roleOf('test_auditor', () => ({ kind: 'fail', reason: 'x' }));
  const { principal: none, reserve: all } = createTestAuditor({ test: command, author: silent });
  expect([none, all]).toEqual([undefined, undefined]);
});
