import { expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { GREEN, testCommand, tests } from '../testing/test-command.ts';
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
