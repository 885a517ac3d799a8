import { existsSync } from 'node:fs';
import { BatonError, type Outcome, testingOutput } from '@baton/core';
import { evidenceSchema } from '@baton/core/internal';
import { describe, expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { GREEN, lines, type Run, testCommand, tests } from '../testing/test-command.ts';
import { createTestAuditor, type TestAuditorOptions } from './test-auditor.ts';

const ROLE = 'test_auditor';

const assignment = assignmentOf({ state: 'testing', role: ROLE });

const audit = (
  run: Run,
  options: Partial<TestAuditorOptions> = {},
  context = contextOf(folderWorkspace({ 'a.ts': 'x' })),
): Promise<Outcome> =>
  createTestAuditor({ test: testCommand(run), ...options }).perform(assignment, context);

const sentBack = (reason: string) => ({ kind: 'request_retry', reason });

describe('green tests', () => {
  it('are noted where lines were added that take code out of the coverage', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    workspace.write('a.ts', '/* v8 ignore next */\nx');
    const context = contextOf(workspace);
    expect(await audit(GREEN, {}, context)).toMatchObject({ kind: 'advance' });
    expect(context.noted).toMatchObject([{ code: 'coverage_markers' }]);
  });

  it('advance with the numbers of the reports and the evidence of the run', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const context = contextOf(workspace);
    const outcome = await audit(GREEN, {}, context);
    if (outcome.kind !== 'advance') return expect.fail(JSON.stringify(outcome));
    const output = testingOutput.parse(outcome.result);
    expect(output).toMatchObject({
      testsPassed: 2,
      testsFailed: 0,
      testsSkipped: 1,
      coveragePercent: 91,
      securityIssues: [],
    });
    const [evidence] = context.ran;
    expect(evidenceSchema.parse(evidence)).toMatchObject({
      purpose: 'test',
      exitCode: 0,
      workspaceDigest: await workspace.digest(),
      outputDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(evidence?.argv[0]).toBe(process.execPath);
    expect(context.heard).toEqual([`test: running 'test'`, `test: 'test' passed`]);
  });

  it('keep what they wrote and their reports, and the evidence names it', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const context = contextOf(workspace);
    await audit(GREEN, {}, context);
    const tree = await workspace.digest();
    expect(context.kept).toMatchObject([
      { kind: 'output', name: 'test', treeDigest: tree, content: 'output of the tests\n' },
      { kind: 'report', name: 'junit.xml', mediaType: 'application/xml' },
      { kind: 'report', name: expect.stringMatching(/^lcov/) },
    ]);
    expect(context.kept[1]?.content).toContain('<testcase');
    const output = await context.artifact?.(
      { kind: 'output', name: 'test' },
      'output of the tests\n',
    );
    expect(context.ran).toMatchObject([{ artifact: output }]);
  });

  it('write more than a verdict tells, and all of it is kept', async () => {
    const context = contextOf(folderWorkspace({ 'a.ts': 'x' }));
    const code = `console.log('x'.repeat(3000000)); console.log('last');`;
    await audit({ ...GREEN, code, exitCode: 1 }, {}, context);
    const content = `output of the tests\n${'x'.repeat(3_000_000)}\nlast\n`;
    const output = context.kept.find(({ kind }) => kind === 'output');
    expect(output?.content === content).toBe(true);
  });

  it('have had a reports folder of their own, outside the workspace, that is gone', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const seen: string[] = [];
    for (let run = 0; run < 2; run++) {
      const context = contextOf(workspace);
      const outcome = await audit(GREEN, {}, context);
      if (outcome.kind !== 'advance') return expect.fail(JSON.stringify(outcome));
      const folder = context.ran[0]?.argv.at(-1) ?? '';
      expect(folder.startsWith(workspace.path)).toBe(false);
      expect(existsSync(folder)).toBe(false);
      seen.push(folder);
    }
    expect(seen[0]).not.toBe(seen[1]);
  });

  it('may run without a workspace; the evidence then speaks of none', async () => {
    const context = contextOf();
    const outcome = await audit(GREEN, { cwd: folderWorkspace().path }, context);
    if (outcome.kind !== 'advance') return expect.fail(JSON.stringify(outcome));
    const [evidence] = context.ran;
    expect(evidence).toBeDefined();
    expect(evidence).not.toHaveProperty('workspaceDigest');
  });
});

describe('tests that are not green', () => {
  it('send the work back with the names of what failed, sorted, and the output', async () => {
    const run = {
      ...GREEN,
      junit: tests({ z: 'failed', a: 'failed', c: 'passed', d: 'skipped' }),
      exitCode: 1,
    };
    expect(await audit(run)).toEqual({
      ...sentBack('2 of 3 tests failed: a; z'),
      details: 'output of the tests',
    });
  });

  it('fail by their report even when the command says that all is well', async () => {
    const run = { ...GREEN, junit: tests({ a: 'failed', b: 'passed' }) };
    expect(await audit(run)).toMatchObject(sentBack('1 of 2 tests failed: a'));
  });

  it('name the first 20 failures and count the rest', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `t${String(index).padStart(2, '0')}`);
    const junit = tests(Object.fromEntries(names.map((name) => [name, 'failed' as const])));
    const outcome = await audit({ ...GREEN, junit, exitCode: 1 });
    expect(outcome).toMatchObject(
      sentBack(`25 of 25 tests failed: ${names.slice(0, 20).join('; ')}; and 5 more`),
    );
  });

  it('give the same reason every time, though times and folders differ', async () => {
    const run = { junit: 'broken', exitCode: 1, code: 'console.log(Date.now(), __dirname)' };
    const [one, two] = [await audit(run), await audit(run)];
    expect(one).toMatchObject({ kind: 'request_retry', reason: expect.any(String) });
    expect({ ...one, details: '' }).toEqual({ ...two, details: '' });
    expect(JSON.stringify(one)).not.toContain('baton-reports-');
  });

  it.each<[string, Run, string]>([
    [
      'a non-zero exit without a failing test',
      { ...GREEN, exitCode: 3 },
      `'test' failed with exit code 3 although its report has no failing test`,
    ],
    [
      'a missing test report',
      { lcov: lines(1, 1) },
      `'test' passed and left no test report: it was not written`,
    ],
    [
      'a missing test report after a crash',
      { exitCode: 1 },
      `'test' failed with exit code 1 and left no test report: it was not written`,
    ],
    [
      'a missing coverage report',
      { junit: tests({ a: 'passed' }) },
      `'test' passed and left no coverage report: it was not written`,
    ],
    [
      'an unreadable coverage report',
      { ...GREEN, lcov: 'SF:a.ts\n' },
      `'test' passed and left no coverage report: it cannot be read: the record of a.ts has no end`,
    ],
    [
      'no tests at all',
      { ...GREEN, junit: '<testsuites/>' },
      'no test passed: the report has none that ran',
    ],
    [
      'skipped tests only',
      { ...GREEN, junit: tests({ a: 'skipped' }) },
      'no test passed: the report has none that ran',
    ],
    [
      'coverage of another project',
      { ...GREEN, lcov: lines(100, 100).replace('a.ts', '/some/other/tree/x.c') },
      `'test' passed and left no coverage report: it covers other files than the workspace has: /some/other/tree/x.c`,
    ],
    [
      'too little coverage',
      { ...GREEN, lcov: lines(100_000, 79_999) },
      'line coverage is 79.99 %, expected at least 80 % (coverage.minimum); not covered: a.ts (20001 lines)',
    ],
  ])('send the work back for %s', async (_, run, reason) => {
    expect(await audit(run)).toMatchObject(sentBack(reason));
  });

  it('send the work back for an unreadable test report', async () => {
    const outcome = await audit({ ...GREEN, junit: '<testsuites><testcase name="a"/>' });
    expect(outcome).toMatchObject({
      kind: 'request_retry',
      reason: expect.stringContaining('left no test report: it cannot be read:'),
    });
  });

  it('are judged by the threshold that is asked for', async () => {
    const run = { ...GREEN, lcov: lines(100, 50) };
    expect(await audit(run, { coverage: { minimum: 50 } })).toMatchObject({ kind: 'advance' });
    expect(await audit(run, { coverage: { minimum: 50.5 } })).toMatchObject(
      sentBack(
        'line coverage is 50 %, expected at least 50.5 % (coverage.minimum); not covered: a.ts (50 lines)',
      ),
    );
  });

  it('send the work back when they do not end in time, good reports or not', async () => {
    const run = { ...GREEN, code: 'setTimeout(() => 0, 60_000)' };
    const test = { ...testCommand(run), timeoutMs: 1000 };
    expect(await audit(run, { test })).toMatchObject(sentBack(`'test' did not end in time`));
  });

  it('are refused as a verdict when the command changed files, green or red', async () => {
    for (const exitCode of [0, 1]) {
      const run = { ...GREEN, exitCode, code: `writeFileSync('snapshot.txt', 'new')` };
      const outcome = await audit(run);
      expect(outcome).toMatchObject({
        kind: 'request_retry',
        reason: expect.stringContaining(`'test' changed files of the workspace`),
      });
    }
  });

  it('are cancelled with their assignment, and no verdict comes of it', async () => {
    const controller = new AbortController();
    const context = contextOf(undefined, controller.signal);
    setTimeout(() => controller.abort(), 1000);
    const run = { ...GREEN, code: 'setTimeout(() => 0, 60_000)' };
    await expect(audit(run, {}, context)).rejects.toMatchObject({
      code: 'cancelled',
      metadata: { wrote: 'output of the tests' },
    });
    expect(context.kept).toEqual([
      { kind: 'output', name: 'test', content: 'output of the tests\n' },
    ]);
  });
});

describe('options that cannot work', () => {
  const test = { name: 'test', argv: ['true'] };
  it.each<[string, TestAuditorOptions, string]>([
    ['an unknown placeholder', { test: { name: 'test', argv: ['x', '{tmp}'] } }, '{tmp}'],
    ['a report outside {reports}', { test: { ...test, reports: { junit: 'junit.xml' } } }, 'junit'],
    ['a way out of {reports}', { test: { ...test, reports: { lcov: '{reports}/../x' } } }, '..'],
    ['a threshold that is no percentage', { test, coverage: { minimum: 101 } }, '101'],
    ['a threshold that is no number', { test, coverage: { minimum: Number.NaN } }, 'NaN'],
    [
      'an author of another role',
      { test, author: roleOf('code_writer', () => ({ kind: 'fail', reason: 'x' })) },
      'code_writer',
    ],
  ])('are refused at once: %s', (_, options, problem) => {
    try {
      createTestAuditor(options);
    } catch (reason) {
      const { code, message } = BatonError.from(reason);
      expect(code).toBe('invalid_input');
      expect(message).toContain(problem);
      return;
    }
    expect.fail('expected them to be refused');
  });

  it('are other report names, which work', async () => {
    const code = `
      const [file, other] = process.argv.slice(1);
      require('node:fs').writeFileSync(file, process.env.JUNIT);
      require('node:fs').writeFileSync(other, process.env.LCOV);
    `;
    const role = createTestAuditor({
      test: {
        name: 'test',
        argv: [process.execPath, '-e', code, '{reports}/x.xml', '{reports}/y.info'],
        env: { JUNIT: GREEN.junit ?? '', LCOV: GREEN.lcov ?? '' },
        reports: { junit: '{reports}/x.xml', lcov: '{reports}/y.info' },
      },
    });
    expect(await role.perform(assignment, contextOf())).toMatchObject({ kind: 'advance' });
  });
});
