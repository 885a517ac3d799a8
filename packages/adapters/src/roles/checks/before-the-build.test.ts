import type { Outcome } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { type FolderWorkspace, folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, type TestContext } from '../testing/perform.ts';
import { GREEN, type Run, testCommand, tests } from '../testing/test-command.ts';
import type { Baseline } from './baseline.ts';
import type { CheckCommand } from './check-command.ts';
import { type BaselineCommands, runBaseline } from './run-baseline.ts';
import type { JudgeOptions } from './run-judge.ts';
import { createTestAuditor } from './test-auditor.ts';
import { reportWithoutFolder, type TestReport } from './test-report.ts';
import { createVerificationOverseer } from './verification-overseer.ts';

const shell = (name: string, script: string): CheckCommand => ({
  name,
  argv: ['sh', '-c', script],
});

const measured = (
  commands: Partial<BaselineCommands>,
  workspace: FolderWorkspace = folderWorkspace({ 'a.ts': 'x' }),
  context: TestContext = contextOf(workspace),
): Promise<Baseline> =>
  runBaseline(
    { test: testCommand(GREEN), verify: [], ...commands },
    { ...context, workspace, reopen: async () => workspace },
  );

/** The auditor's outcome for a run, given the baseline of the same workspace. */
async function audited(
  before: Run,
  now: Run,
  options: JudgeOptions = {},
  change: (workspace: FolderWorkspace) => void = () => undefined,
) {
  const workspace = folderWorkspace({ 'a.ts': 'x' });
  const baseline = await measured({ test: testCommand(before) }, workspace);
  change(workspace);
  const context = contextOf(workspace);
  const role = createTestAuditor({
    test: testCommand(now),
    baseline: async () => baseline,
    ...options,
  });
  return { outcome: await role.perform(assignmentOf({ state: 'testing' }), context), context };
}

/** Like `audited`, for an overseer with one check. */
async function verified(
  before: string | undefined,
  now: string,
  {
    change = () => undefined,
    ...options
  }: JudgeOptions & { change?: (w: FolderWorkspace) => void },
): Promise<{ outcome: Outcome; context: TestContext }> {
  const workspace = folderWorkspace({ 'a.ts': 'x' });
  const baseline =
    before === undefined
      ? undefined
      : await measured({ verify: [shell('lint', before)] }, workspace);
  change(workspace);
  const context = contextOf(workspace);
  const role = createVerificationOverseer({
    verify: [shell('lint', now)],
    baseline: async () => baseline,
    ...options,
  });
  return { outcome: await role.perform(assignmentOf({ state: 'verification' }), context), context };
}

describe('a baseline', () => {
  it('ends with an installation that fails, unless that is accepted', async () => {
    const commands = { install: shell('install', 'exit 1'), verify: [shell('lint', 'true')] };
    const stopped = await measured(commands);
    expect(stopped.steps.map(({ purpose }) => purpose)).toEqual(['install']);
    const { steps } = await measured({ ...commands, acceptsFailingInstall: true });
    expect(steps.map(({ purpose }) => purpose)).toEqual(['install', 'test', 'verify']);
  });

  it('takes down how each command ends, what it says and what it changes', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const context = contextOf(workspace);
    const red = { ...GREEN, junit: tests({ a: 'failed', b: 'passed' }), exitCode: 1 };
    const commands = {
      install: shell('install', 'echo x > lock'),
      test: testCommand(red),
      verify: [shell('lint', 'echo bad; exit 2'), shell('types', 'true')],
    };
    const { tree, steps } = await measured(commands, workspace, context);
    expect(tree).toBe(await workspace.digest('entry'));
    expect(steps).toMatchObject([
      { purpose: 'install', exitCode: 0, changedFiles: ['lock'] },
      { purpose: 'test', exitCode: 1, tests: { passed: 1, failed: 1, failures: ['a'] } },
      {
        purpose: 'verify',
        name: 'lint',
        failure: "'lint' failed with exit code 2",
        details: 'bad',
      },
      { purpose: 'verify', name: 'types', exitCode: 0, changedFiles: [] },
    ]);
    expect(steps[3]).not.toHaveProperty('failure');
    for (const { durationMs } of steps) expect(durationMs).toBeGreaterThan(0);
    expect(context.ran.map(({ purpose }) => purpose)).toEqual([
      'baseline: install',
      'baseline: test',
      'baseline: lint',
      'baseline: types',
    ]);
  });

  it('ends with an installation that fails, and names tools that are missing', async () => {
    const install = shell('install', 'exit 3');
    expect((await measured({ install })).steps).toMatchObject([{ exitCode: 3 }]);
    const test = { name: 'test', argv: ['no-such-runner'] };
    const verify = [shell('lint', 'no-such-linter')];
    expect((await measured({ test, verify })).steps).toMatchObject([
      { name: 'test', missing: expect.stringContaining('no-such-runner'), exitCode: null },
      { name: 'lint', missing: expect.stringContaining('no-such-linter'), exitCode: 127 },
    ]);
  });

  it('is cancelled with the command that runs', async () => {
    const controller = new AbortController();
    const workspace = folderWorkspace({});
    setTimeout(() => controller.abort(), 200);
    const test = { name: 'test', argv: ['sleep', '60'] };
    const context = contextOf(workspace, controller.signal);
    await expect(measured({ test }, workspace, context)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('tests that failed before', () => {
  const before = { ...GREEN, junit: tests({ a: 'failed', b: 'passed' }), exitCode: 1 };
  const worse = { ...GREEN, junit: tests({ a: 'failed', b: 'failed', c: 'passed' }), exitCode: 1 };

  it('may still fail where that is tolerated, which the evidence says', async () => {
    const { outcome, context } = await audited(before, before, { toleratesKnownFailures: true });
    expect(outcome).toMatchObject({
      kind: 'advance',
      result: { testsPassed: 1, testsFailed: 1, testsKnownToFail: 1 },
    });
    expect(context.ran).toMatchObject([{ exitCode: 1, tolerated: expect.any(String) }]);
    expect(context.noted).toMatchObject([{ code: 'known_failures' }]);
  });

  it('excuse no namesake in another suite', async () => {
    const inSuite = (name: string) => ({
      ...GREEN,
      junit: `<testsuites><testsuite name="${name}"><testcase name="works"><failure/></testcase><testcase name="b"/></testsuite></testsuites>`,
      exitCode: 1,
    });
    const { outcome } = await audited(inSuite('old.test'), inSuite('new.test'), {
      toleratesKnownFailures: true,
    });
    expect(outcome).toMatchObject({
      kind: 'request_retry',
      reason: '1 of 2 tests failed: works',
    });
  });

  it.each<[string, Run, RegExp]>([
    ['signal', { code: "process.kill(process.pid, 'SIGKILL')" }, /was ended by SIGKILL although/],
    ['exit code', { exitCode: 3 }, /exit code 3, at the baseline with 1, expected the same/],
    [
      'number of tests',
      { junit: tests({ a: 'failed' }).replace('</testsuite>', '<testcase name="c"/></testsuite>') },
      /reported 2 tests, at the baseline 3, and no test file was changed/,
    ],
  ])('excuse no run that ends with another %s', async (_, now, reason) => {
    const three = { ...before, junit: tests({ a: 'failed', b: 'passed', c: 'passed' }) };
    const { outcome, context } = await audited(
      three,
      { ...three, ...now },
      {
        toleratesKnownFailures: true,
      },
    );
    expect(outcome).toMatchObject({
      kind: 'request_retry',
      reason: expect.stringMatching(reason),
    });
    expect(context.ran[0]).not.toHaveProperty('tolerated');
  });

  it('excuse a run that ends with the number of failures, and one whose test files were changed', async () => {
    const options = { toleratesKnownFailures: true };
    const two = { ...GREEN, junit: tests({ a: 'failed', b: 'failed', c: 'passed' }), exitCode: 2 };
    const one = { ...two, junit: tests({ a: 'failed', b: 'passed', c: 'passed' }), exitCode: 1 };
    const fewer = {
      ...two,
      junit: tests({ a: 'failed', b: 'failed' }).replace(
        '</testsuite>',
        '<testcase name="d"/></testsuite>',
      ),
    };
    expect((await audited(two, one, options)).outcome).toMatchObject({ kind: 'advance' });
    expect((await audited(two, fewer, options)).outcome).toMatchObject({ kind: 'advance' });
    const change = (workspace: FolderWorkspace) => workspace.write('a.test.ts', 'fewer');
    const three = { ...two, junit: tests({ a: 'failed', b: 'failed', c: 'passed', d: 'passed' }) };
    expect((await audited(three, fewer, options)).outcome).toMatchObject({ kind: 'request_retry' });
    expect((await audited(three, fewer, options, change)).outcome).toMatchObject({
      kind: 'advance',
    });
  });

  it('send the work back where it is not', async () => {
    const { outcome, context } = await audited(before, before);
    expect(outcome).toMatchObject({ kind: 'request_retry', reason: '1 of 2 tests failed: a' });
    expect(context.ran[0]).not.toHaveProperty('tolerated');
  });

  it('excuse no other test', async () => {
    const { outcome, context } = await audited(before, worse, { toleratesKnownFailures: true });
    expect(outcome).toMatchObject({
      kind: 'request_retry',
      reason: '1 of 2 tests failed: b; 1 more failed at the baseline, too',
    });
    expect(context.ran[0]).not.toHaveProperty('tolerated');
  });
});

describe('a check that failed before', () => {
  const tolerating = { toleratesKnownFailures: true };

  it('may fail in the same way but for figures where that is tolerated', async () => {
    const script = 'echo "1 finding in $$ ms"; exit 2';
    const { outcome, context } = await verified(script, script, tolerating);
    expect(outcome).toMatchObject({ kind: 'advance' });
    expect(context.ran).toMatchObject([{ exitCode: 2, tolerated: expect.any(String) }]);
    expect(context.noted).toMatchObject([{ code: 'known_failures' }]);
    expect((await verified(script, script, {})).outcome).toMatchObject({ kind: 'request_retry' });
  });

  it.each([
    ['words', 'echo bad; exit 2', 'echo worse; exit 2'],
    ['exit code', 'echo bad; exit 2', 'echo bad; exit 1'],
    ['beginning', 'true', 'exit 2'],
    ['count', 'echo "12 problems"; exit 2', 'echo "13 problems"; exit 2'],
    [
      'line far from its end',
      'yes bad | head -n 20000; exit 2',
      'echo worse; yes bad | head -n 20000; exit 2',
    ],
    [
      'line in the middle of very much',
      'yes bad | head -n 500000; exit 2',
      'yes bad | head -n 250000; echo oh!; yes bad | head -n 249999; exit 2',
    ],
  ])('may not fail with another %s', async (_, before, now) => {
    const { outcome } = await verified(before, now, tolerating);
    expect(outcome).toMatchObject({ kind: 'request_retry' });
  });
});

describe('a tool that is missing', () => {
  it('is for a person when it was missing before, or nothing says that the build took it', async () => {
    const gone = 'no-such-linter';
    const change = (workspace: FolderWorkspace) => workspace.write('package.json', '{}');
    const fails = { kind: 'fail', reason: expect.stringMatching(/'lint' cannot run here/) };
    expect((await verified(gone, gone, { change })).outcome).toMatchObject(fails);
    expect((await verified(undefined, gone, {})).outcome).toMatchObject(fails);
  });

  it('is for the writer when it was there before, or a manifest was changed', async () => {
    const change = (workspace: FolderWorkspace) => workspace.write('package.json', '{}');
    const changed = await verified(undefined, 'no-such-linter', { change });
    expect(changed.outcome).toMatchObject({
      kind: 'request_retry',
      targetState: 'implementation',
      reason: expect.stringContaining('this build changed package.json'),
    });
    const worked = await verified('true', 'no-such-linter', {});
    expect(worked.outcome).toMatchObject({
      reason: expect.stringContaining('it ran before this build changed anything'),
    });
  });

  it('is a report that no run ever leaves', async () => {
    const { outcome } = await audited({}, {});
    expect(outcome).toMatchObject({
      kind: 'fail',
      reason: expect.stringContaining('leaves no test report, as it did before the build'),
    });
    expect((await audited(GREEN, {})).outcome).toMatchObject({ kind: 'request_retry' });
  });

  it('is no matter where a report speaks of tests', async () => {
    const run = { ...GREEN, junit: tests({ a: 'failed' }), exitCode: 127 };
    const { outcome } = await audited(GREEN, run);
    expect(outcome).toMatchObject({ kind: 'request_retry', reason: '1 of 1 tests failed: a' });
    const none = await audited({ exitCode: 127 }, { exitCode: 127 });
    expect(none.outcome).toMatchObject({ kind: 'fail' });
  });
});

describe('files that a command changes', () => {
  const format = 'echo neat > a.ts; echo neat > b.ts';

  it('are accepted when the next run leaves them alone, and the tests look at them', async () => {
    const { outcome, context } = await verified(undefined, format, { generated: 'accept' });
    expect(outcome).toMatchObject({
      kind: 'request_retry',
      targetState: 'testing',
      reason: expect.stringContaining('a.ts, b.ts'),
    });
    expect(context.noted).toMatchObject([{ code: 'generated_files' }]);
    expect(context.ran).toHaveLength(1);
  });

  it('are judged with the tests that wrote them', async () => {
    const run = { ...GREEN, code: "writeFileSync('snapshot.txt', 'new')" };
    const { outcome, context } = await audited(GREEN, run, { generated: 'accept' });
    expect(outcome).toMatchObject({ kind: 'advance' });
    const digest = await context.workspace?.digest();
    expect(context.ran).toMatchObject([{ workspaceDigest: digest }]);
  });

  it('are refused where no pattern has them, or when they change each time', async () => {
    const refused = {
      kind: 'request_retry',
      reason: expect.stringContaining("'lint' changed files"),
    };
    for (const generated of ['refuse', { accept: ['a.ts'] }] as const) {
      expect((await verified(undefined, format, { generated })).outcome).toMatchObject(refused);
    }
    const each = await verified(undefined, 'date +%N > a.ts', { generated: 'accept' });
    expect(each.outcome).toMatchObject({
      kind: 'request_retry',
      reason: expect.stringContaining('changes files of the workspace each time it runs (a.ts)'),
    });
  });

  it('may be made again each time', async () => {
    const { outcome, context } = await verified(undefined, 'echo neat > a.ts', {
      generated: 'accept',
    });
    expect(outcome).toMatchObject({ targetState: 'testing' });
    expect(context.noted.map(({ code }) => code)).toEqual(['generated_files']);
  });

  it('are for a person when the command changed files before the build, too', async () => {
    const { outcome } = await verified('date +%N > a.ts', 'date +%N > a.ts', {
      generated: 'accept',
    });
    expect(outcome).toMatchObject({
      kind: 'fail',
      reason: expect.stringMatching(/changes files, as it did before the build: a\.ts/),
    });
  });
});

describe('files that a command writes and puts back', () => {
  const swap = 'cp a.ts .kept; echo good > a.ts; cat .kept > a.ts; rm .kept';
  const move = 'mv a.ts .kept; echo good > a.ts; mv .kept a.ts';
  const because = expect.stringMatching(/'lint' writes files .* puts them back .*\(a\.ts\)/);

  it.each([swap, move])('leave no verdict: %s', async (script) => {
    for (const generated of ['accept', { accept: ['b.ts'] }, undefined] as const) {
      const { outcome } = await verified(undefined, script, { ...(generated && { generated }) });
      expect(outcome).toMatchObject({ kind: 'request_retry', reason: because });
    }
  });

  it('leave none on tests either', async () => {
    const code = "writeFileSync('a.ts', 'good'); writeFileSync('a.ts', 'x')";
    const { outcome } = await audited(GREEN, { ...GREEN, code });
    expect(outcome).toMatchObject({
      kind: 'request_retry',
      reason: expect.stringContaining('puts them back each time it runs (a.ts)'),
    });
  });

  it('matter no more once the command has run without', async () => {
    const once = `[ -e "$HOME/.ran" ] || { ${swap}; }; echo x > "$HOME/.ran"`;
    const home = folderWorkspace().path;
    const script = `HOME=${home}; ${once}`;
    const { outcome, context } = await verified(undefined, script, {});
    expect(outcome).toMatchObject({ kind: 'advance' });
    expect(context.ran).toHaveLength(1);
    expect(context.noted).toEqual([]);
  });

  it.each([
    ['they were before the build, too', swap, undefined],
    ['patterns accept them', undefined, { accept: ['*.ts'] }],
  ])('are noted where %s', async (_, before, generated) => {
    const { outcome, context } = await verified(before, swap, { ...(generated && { generated }) });
    expect(outcome).toMatchObject({ kind: 'advance' });
    expect(context.noted).toEqual([
      { code: 'files_put_back', message: "'lint' wrote files and put them back: a.ts" },
    ]);
  });
  it('are for a person when the command put files back before the build, too', async () => {
    const all = 'for one in *.ts; do cp $one .kept; cat .kept > $one; done; rm .kept';
    const { outcome } = await verified(all, all, { change: (w) => w.write('new.ts', 'x') });
    expect(outcome).toMatchObject({
      kind: 'fail',
      reason: expect.stringMatching(/puts them back, as it did before the build: .*new\.ts/),
    });
  });
});

it('a test that is named by the path of its file is the same in another folder', async () => {
  const named = (folder: string): TestReport => ({
    ...{ passed: 1, failed: 1, skipped: 0, files: [] },
    failures: [`${folder}/test/a.test.js`],
    failedTests: [`test › ${folder}/test/a.test.js`],
    flaky: [],
  });
  const [before, now] = ['/builds/one', '/builds/one.checks'].map((folder) =>
    reportWithoutFolder(named(folder), folder),
  );
  expect(now).toEqual(before);
  expect(now?.failures).toEqual(['test/a.test.js']);
});
