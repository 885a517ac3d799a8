import type { Outcome } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { type FolderWorkspace, folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf } from '../testing/perform.ts';
import { GREEN, type Run, testCommand, tests } from '../testing/test-command.ts';
import type { CoverageRule } from './coverage-rule.ts';
import { createTestAuditor } from './test-auditor.ts';

const assignment = assignmentOf({ state: 'testing', role: 'test_auditor' });

const record = (path: string, hits: Record<number, number>): string =>
  `SF:${path}\n${Object.entries(hits)
    .map(([line, count]) => `DA:${line},${count}\n`)
    .join('')}end_of_record\n`;

const green = (...records: string[]): Run => ({
  junit: tests({ a: 'passed' }),
  lcov: records.join(''),
});

function audit(
  run: Run,
  coverage: CoverageRule,
  workspace: FolderWorkspace | undefined,
): Promise<Outcome> {
  return createTestAuditor({ test: testCommand(run), coverage }).perform(
    assignment,
    contextOf(workspace),
  );
}

/** A repository with little coverage, in which a build writes line 3 of `a.ts`. */
function built(line: string): FolderWorkspace {
  const workspace = folderWorkspace({ 'src/a.ts': 'one\ntwo\n', 'src/old.ts': 'x\n' });
  workspace.write('src/a.ts', `one\ntwo\n${line}\n`);
  return workspace;
}

const OLD = record('src/old.ts', { 1: 0 });
const CHANGED = { of: 'changed lines', minimum: 90 } as const;

describe('coverage of changed lines', () => {
  it('is judged by what the build changed; the output says so, beside that of all lines', async () => {
    const run = green(OLD, record('src/a.ts', { 1: 0, 3: 1 }));
    expect(await audit(run, CHANGED, built('three'))).toMatchObject({
      kind: 'advance',
      result: {
        coveragePercent: 33.33,
        coverageOf: 'changed lines',
        changedLines: { executable: 1, covered: 1, coveragePercent: 100 },
      },
    });
  });

  it('sends the work back with the lines that no test runs, and the setting', async () => {
    const run = green(record('src/a.ts', { 1: 1, 2: 1, 3: 0 }), record('src/old.ts', { 1: 1 }));
    const setting = 'commands.test.coverage.minimum';
    expect(await audit(run, { ...CHANGED, setting }, built('three'))).toMatchObject({
      kind: 'request_retry',
      reason: `line coverage of changed lines is 0 %, expected at least 90 % (${setting}); not covered: src/a.ts (line 3)`,
    });
  });

  it('passes where no changed line is executable', async () => {
    const run = green(OLD, record('src/a.ts', { 1: 0 }));
    expect(await audit(run, CHANGED, built('// three'))).toMatchObject({
      kind: 'advance',
      result: { changedLines: { executable: 0, covered: 0, coveragePercent: 100 } },
    });
  });

  it('names a new file that no test loads, and asks nothing of new tests', async () => {
    const workspace = built('three');
    workspace.write('src/new.ts', 'x\ny\n');
    workspace.write('src/new.test.ts', 'x\n');
    workspace.write('gen/new.ts', 'x\n');
    const run = green(record('src/a.ts', { 3: 1 }));
    expect(await audit(run, { ...CHANGED, exclude: ['gen/'] }, workspace)).toMatchObject({
      reason:
        'line coverage of changed lines is 33.33 %, expected at least 90 % (coverage.minimum); not covered: src/new.ts (lines 1-2); the coverage report does not have src/new.ts, which counts as covered by no test (what holds nothing to run goes into coverage.exclude)',
    });
  });

  it('needs a report with single lines', async () => {
    const run = { ...GREEN, lcov: 'SF:src/a.ts\nLF:9\nLH:9\nend_of_record\n' };
    expect(await audit(run, CHANGED, built('three'))).toMatchObject({
      kind: 'request_retry',
      reason: expect.stringContaining('it has only totals for src/a.ts'),
    });
  });

  it('fails at once without a workspace', async () => {
    expect(await audit(green(OLD), CHANGED, undefined)).toEqual({
      kind: 'fail',
      reason: expect.stringContaining('the coverage of changed lines'),
    });
  });
});

describe('coverage of all lines', () => {
  const files = { 'src/a.ts': 'x', 'src/a.test.ts': 'x', 'checks/a.ts': 'x', 'gen/a.ts': 'x' };
  const records = [
    record('src/a.ts', { 1: 1, 2: 0 }),
    record('src/a.test.ts', { 1: 1, 2: 1 }),
    record('checks/a.ts', { 1: 1, 2: 1 }),
    record('gen/a.ts', { 1: 1 }),
  ];
  const junit = '<testsuite><testcase name="a" file="./checks/a.ts"/></testsuite>';

  it('counts no tests and nothing that is excluded, and says how many files those are', async () => {
    const run = { ...green(...records), junit };
    const rule = { minimum: 50, exclude: ['gen/'] };
    expect(await audit(run, rule, folderWorkspace(files))).toMatchObject({
      kind: 'advance',
      result: { coveragePercent: 50, coverageOf: 'all', coverageLeftOut: 3 },
    });
    expect(await audit(run, { exclude: ['gen/'] }, folderWorkspace(files))).toMatchObject({
      kind: 'request_retry',
      reason:
        'line coverage is 50 %, expected at least 80 % (coverage.minimum); not covered: src/a.ts (line 2)',
    });
  });

  it('is none where nothing is left', async () => {
    const run = green(...records);
    expect(await audit(run, { exclude: ['*.ts'] }, folderWorkspace(files))).toMatchObject({
      kind: 'request_retry',
      reason: expect.stringContaining(
        'left no coverage report: it covers nothing but 4 files that do not count for coverage',
      ),
    });
  });

  it('is measured without a workspace, too', async () => {
    expect(await audit(green(...records), { minimum: 66 }, undefined)).toMatchObject({
      kind: 'advance',
      result: { coveragePercent: 80, coverageLeftOut: 1 },
    });
  });
});

describe('tests that passed only when they ran again', () => {
  const junit =
    '<testsuite failures="1"><testcase name="a"><failure/></testcase><testcase name="a"/><testcase name="b"/></testsuite>';
  const run = { ...GREEN, junit };

  it('count as passed after exit code 0, and are named in the output and in a note', async () => {
    const context = contextOf(folderWorkspace({ 'a.ts': 'x' }));
    const outcome = await createTestAuditor({ test: testCommand(run) }).perform(
      assignment,
      context,
    );
    expect(outcome).toMatchObject({
      kind: 'advance',
      result: { testsPassed: 2, testsFailed: 0, testsFlaky: 1, flakyTests: ['a'] },
    });
    expect(context.noted).toContainEqual({
      code: 'flaky_tests',
      message: '1 test failed at first and passed when run again: a',
    });
  });

  it('are no pass after any other exit code', async () => {
    expect(await audit({ ...run, exitCode: 1 }, {}, undefined)).toMatchObject({
      kind: 'request_retry',
      reason:
        "'test' failed with exit code 1 although its report has no failing test but those that passed when run again: a",
    });
  });
});
