import { expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { GREEN, testCommand, tests } from '../testing/test-command.ts';
import { noteChangedChecks } from './changed-checks.ts';
import { createReleaseManager } from './release-manager.ts';
import { createTestAuditor } from './test-auditor.ts';
import { createVerificationOverseer } from './verification-overseer.ts';

const CHECKS = ['.github/ci.yml', 'package.json', 'src/a.test.ts', 'tests/helper.ts'];

function changed(...paths: readonly string[]) {
  const workspace = folderWorkspace({ 'package.json': '{}', 'src/a.ts': 'a' });
  for (const path of paths) workspace.write(path, 'changed');
  return contextOf(workspace);
}

const note = (names: string) => ({
  code: 'checks_changed',
  message: `tests, checks or files that their commands name differ from how the build began: ${names}`,
});

const audit = (context: ReturnType<typeof contextOf>, run = GREEN) =>
  createTestAuditor({ test: testCommand(run) }).perform(
    assignmentOf({ state: 'testing', role: 'test_auditor' }),
    context,
  );

it('green tests come with a note of the tests and checks that are others now', async () => {
  const context = changed('src/a.ts', ...CHECKS);
  expect(await audit(context)).toMatchObject({ kind: 'advance' });
  expect(context.noted).toEqual([note(CHECKS.join(', '))]);
});

it('an approval comes with it, too, and names the scripts that its commands run', async () => {
  const context = changed('scripts/verify.js', 'scripts/other.js');
  const argv = ['true', './scripts/verify.js', 'quality'];
  const overseer = createVerificationOverseer({ verify: [{ name: 'quality', argv }] });
  const assignment = assignmentOf({ state: 'verification', role: 'verification_overseer' });
  expect(await overseer.perform(assignment, context)).toMatchObject({ kind: 'advance' });
  expect(context.noted).toEqual([note('scripts/verify.js')]);
});

it.each([
  ['as a placeholder has it', ['node', '{workspace}/checks/a.js'], 'checks/a.js'],
  ['in a folder', ['node', './checks/'], 'checks/a.js'],
  ['after an option', ['node', '--import=./checks/a.js'], 'checks/a.js'],
  ['right after a short one', ['node', '-rchecks/a.js'], 'checks/a.js'],
  ['in a line for a shell', ['sh', '-c', 'cd . && node "checks/a.js"; true'], 'checks/a.js'],
  ['in a URL', ['node', '--import', 'file://{workspace}/checks/a.js'], 'checks/a.js'],
  ['without its ending', ['node', 'checks/a'], 'checks/a.js'],
  ['with a blank in it', ['node', '--import=my checks/a.js'], 'my checks/a.js'],
])('a file counts as named %s', async (_, argv, path) => {
  const context = changed(path, 'src/a.ts', 'check/a.js', 'checks2/a.js', 'a.js.map');
  const checks = [{ name: 'quality', argv }];
  await noteChangedChecks(context, checks);
  expect(context.noted).toEqual([note(path)]);
});

it('what lies in a folder that a command names comes last, and the workspace names nothing', async () => {
  const context = changed('src/a.ts', 'src/z.test.ts', 'verify.js');
  const argv = ['node', 'verify.js', 'src', '.', '{workspace}', '--in=./'];
  await noteChangedChecks(context, [{ name: 'quality', argv }]);
  expect(context.noted).toEqual([note('src/z.test.ts, verify.js, src/a.ts')]);
});

it('a release comes with it, too, and names what deploys, tests the deployment and takes it back', async () => {
  const context = changed('deploy.sh', 'smoke.js', 'back.sh', 'src/a.ts', 'phpunit.xml.dist');
  const manager = createReleaseManager({
    deploy: { name: 'deploy', argv: ['true', '{workspace}/deploy.sh'] },
    smoke: [{ name: 'smoke', argv: ['true', 'smoke.js'] }],
    rollback: { name: 'rollback', argv: ['true', './back.sh'] },
    target: 'nowhere',
  });
  const assignment = assignmentOf({ state: 'deployment', role: 'release_manager' });
  expect(await manager.perform(assignment, context)).toMatchObject({ kind: 'advance' });
  expect(context.noted).toEqual([note('back.sh, deploy.sh, phpunit.xml.dist, smoke.js')]);
});

it('there is none where nothing of the kind changed, and none on a verdict that says no', async () => {
  const unchanged = changed('src/a.ts', 'src/latest.ts');
  await audit(unchanged);
  expect(unchanged.noted).toEqual([]);
  const red = changed(...CHECKS);
  expect(await audit(red, { ...GREEN, junit: tests({ a: 'failed' }) })).toMatchObject({
    kind: 'request_retry',
  });
  expect(red.noted).toEqual([]);
  const withoutWorkspace = contextOf();
  const author = roleOf('test_auditor', () => ({ kind: 'advance', result: {} }));
  await createTestAuditor({ test: testCommand(GREEN), author }).perform(
    assignmentOf({ state: 'testing', role: 'test_auditor' }),
    withoutWorkspace,
  );
  expect(withoutWorkspace.noted).toEqual([]);
});
