import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../secrets/create-redactor.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { GREEN, testCommand } from '../testing/test-command.ts';
import type { CheckCommand } from './check-command.ts';
import { createReleaseManager } from './release-manager.ts';
import { createTestAuditor } from './test-auditor.ts';
import { createVerificationOverseer } from './verification-overseer.ts';

const SECRET = 'correct-horse-battery-staple';
/** Assembled at run time, so that secret scanners do not report it. */
const KEY = [
  ['-----BEGIN ', 'PRIVATE KEY-----'].join(''),
  ...Array.from({ length: 900 }, (_, at) => `MIIE${at}/${'kLmNoPqRsTuVwXyZ'.repeat(2)}`),
  ['-----END ', 'PRIVATE KEY-----'].join(''),
].join('\n');
const PARTS = /MIIE|kLmNoPqR|PRIVATE|correct|horse|staple/;
const redact = createRedactor({ values: [SECRET] });

/** Characters of an output that are kept, and that are shown. */
const KEPT = 32 * 1024;
const SHOWN = 16 * 1024;

const failing = (name: string, output: string): CheckCommand => ({
  name,
  argv: ['sh', '-c', 'printf %s "$OUTPUT"; exit 1'],
  env: { OUTPUT: output },
});
const passing: CheckCommand = { name: 'deploy', argv: ['true'] };

const perform = (role: { perform: ReturnType<typeof createTestAuditor>['perform'] }) =>
  role.perform(assignmentOf(), { ...contextOf(), redact });

describe('the details of a check', () => {
  it.each([
    ['a key longer than what is kept', `${KEY}\nthe end`],
    ['a key that is cut where it is kept from', `${KEY}\n${'x'.repeat(KEPT - 10_000)}`],
    ['a key that is cut where it is shown from', `${KEY}\n${'x'.repeat(SHOWN - 10_000)}`],
    ['a secret that is cut where it is shown from', `.${SECRET}${'x'.repeat(SHOWN - 12)}`],
    ['a secret that is cut where it is kept from', `.${SECRET}${' '.repeat(KEPT - 12)}`],
  ])('show no part of %s', async (_, output) => {
    const outcome = await perform(
      createVerificationOverseer({ verify: [failing('lint', output)] }),
    );
    expect(outcome).toMatchObject({
      kind: 'request_retry',
      reason: expect.stringContaining('lint'),
    });
    expect(JSON.stringify(outcome)).not.toMatch(PARTS);
  });

  it('show no part of a secret, whichever command it was', async () => {
    const output = `.${SECRET}${'x'.repeat(SHOWN - 12)}`;
    const auditor = createTestAuditor({ test: { ...failing('test', output) } });
    const release = { target: 'staging', deploy: passing, smoke: [failing('home', output)] };
    const outcomes = await Promise.all([
      perform(auditor),
      perform(createReleaseManager(release)),
      perform(createReleaseManager({ ...release, deploy: failing('deploy', output) })),
      perform(createReleaseManager({ ...release, rollback: failing('rollback', output) })),
    ]);
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds).toEqual(['request_retry', 'request_retry', 'request_retry', 'fail']);
    expect(JSON.stringify(outcomes)).not.toMatch(PARTS);
  });
});

describe('what an author says', () => {
  it('is masked before it is cut', async () => {
    const context = { ...contextOf(), redact };
    const cut = `${'x'.repeat(490)}${SECRET}`;
    const author = roleOf('test_auditor', () => ({
      kind: 'advance',
      result: { testsSkipped: cut, securityIssues: [], testsFailed: cut },
    }));
    const auditor = createTestAuditor({ test: testCommand(GREEN), author });
    const outcome = await auditor.perform(assignmentOf(), context);
    expect(outcome).toMatchObject({ reason: expect.stringContaining('the author says no') });
    expect(JSON.stringify([outcome, context.noted])).not.toMatch(PARTS);
  });

  it('is masked before it is cut, as a claim', async () => {
    const context = { ...contextOf(), redact };
    const author = roleOf('test_auditor', () => ({
      kind: 'advance',
      result: { testsSkipped: `${'x'.repeat(490)}${SECRET}`, securityIssues: [] },
    }));
    await createTestAuditor({ test: testCommand(GREEN), author }).perform(assignmentOf(), context);
    expect(context.noted).toMatchObject([{ code: 'claim_replaced' }]);
    expect(JSON.stringify(context.noted)).not.toMatch(PARTS);
  });
});
