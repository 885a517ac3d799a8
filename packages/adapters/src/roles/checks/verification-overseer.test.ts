import { type JsonObject, type Outcome, verificationOutput } from '@baton/core';
import { describe, expect, it, vi } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import type { CheckCommand } from './check-command.ts';
import {
  createVerificationOverseer,
  type VerificationOverseerOptions,
} from './verification-overseer.ts';

const ROLE = 'verification_overseer';
const assignment = assignmentOf({ state: 'verification', role: ROLE });

const check = (name: string, script: string): CheckCommand => ({
  name,
  argv: ['sh', '-c', script],
});

const lint = check('lint', 'echo linted');
const types = check('types', 'echo checked');

const verify = (
  options: VerificationOverseerOptions,
  context = contextOf(folderWorkspace({ 'a.ts': 'x' })),
): Promise<Outcome> => createVerificationOverseer(options).perform(assignment, context);

describe('checks that pass', () => {
  it('approve, with the evidence of each on the same files', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const context = contextOf(workspace);
    const outcome = await verify({ verify: [lint, types] }, context);
    if (outcome.kind !== 'advance') return expect.fail(JSON.stringify(outcome));
    const output = verificationOutput.parse(outcome.result);
    expect(output).toMatchObject({ approved: true, findings: [] });
    const workspaceDigest = await workspace.digest();
    expect(context.ran).toMatchObject([
      { purpose: 'verify: lint', exitCode: 0, workspaceDigest, argv: lint.argv },
      { purpose: 'verify: types', exitCode: 0, workspaceDigest, argv: types.argv },
    ]);
  });

  it('read the files once before each and once after', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const snapshot = vi.fn(workspace.snapshot);
    const digest = vi.fn(workspace.digest);
    const context = contextOf({ ...workspace, snapshot, digest });
    const checks = [lint, types, check('audit', 'true')];
    expect(await verify({ verify: checks }, context)).toMatchObject({ kind: 'advance' });
    expect(snapshot).toHaveBeenCalledTimes(2 * checks.length);
    expect(digest).not.toHaveBeenCalled();
  });

  it('notice a file that another process changes before one of them and puts back during it', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const context = contextOf(workspace);
    const evidence: typeof context.evidence = (one) => {
      context.evidence(one);
      if (one.purpose === 'verify: lint') workspace.write('new.ts', 'another');
    };
    const checks = [lint, check('types', 'rm -f new.ts')];
    const outcome = await verify({ verify: checks }, { ...context, evidence });
    expect(outcome).toMatchObject({
      kind: 'request_retry',
      reason: expect.stringContaining("'types' changed files of the workspace"),
    });
  });

  it('run in the workspace and share a reports folder', async () => {
    const options = {
      verify: [
        check('write', 'test "$(pwd)" = {workspace} && echo x > {reports}/x'),
        check('read', 'cat {reports}/x'),
      ],
    };
    expect(await verify(options)).toMatchObject({ kind: 'advance' });
  });
});

describe('checks that fail', () => {
  it('send the work back by name, with the output of each, after all have run', async () => {
    const options = {
      verify: [
        check('lint', 'echo bad style; exit 2'),
        types,
        check('audit', 'echo CVE-1 >&2; exit 1'),
      ],
    };
    expect(await verify(options)).toEqual({
      kind: 'request_retry',
      reason: `checks failed: 'lint' failed with exit code 2; 'audit' failed with exit code 1`,
      details: '== lint\nbad style\n\n== audit\nCVE-1',
    });
  });

  it('include those that do not end in time or are ended by a signal', async () => {
    const options = {
      verify: [{ ...check('slow', 'sleep 60'), timeoutMs: 200 }, check('crash', 'kill -SEGV $$')],
    };
    expect(await verify(options)).toMatchObject({
      reason: `checks failed: 'slow' did not end in time; 'crash' was ended by SIGSEGV`,
    });
  });

  it('include those that change files', async () => {
    expect(await verify({ verify: [check('fix', 'echo y > a.ts'), lint] })).toMatchObject({
      kind: 'request_retry',
      reason: expect.stringMatching(/^checks failed: 'fix' changed files of the workspace[^;]*$/),
    });
  });

  it('have details that name files by their paths in the workspace', async () => {
    const options = { verify: [check('lint', 'echo "$PWD/src/a.js: bad"; exit 1')] };
    expect(await verify(options)).toMatchObject({ details: '== lint\nsrc/a.js: bad' });
  });

  it('have details that every store can keep', async () => {
    const options = { verify: [check('odd', `printf '\\000\\033[31mred'; exit 1`)] };
    expect(await verify(options)).toMatchObject({ details: '== odd\n\ufffdred' });
  });

  it('are no verdict when their program is missing', async () => {
    const missing = { name: 'lint', argv: ['no-such-program-here'] };
    expect(await verify({ verify: [missing] })).toMatchObject({
      kind: 'fail',
      reason: expect.stringMatching(/^'lint' cannot run here: .*'no-such-program-here'.*No role/),
    });
  });
});

describe('an author', () => {
  const says = (outcome: Outcome) => roleOf(ROLE, () => outcome);

  it('adds findings and words', async () => {
    const result = { approved: true, findings: ['slow on phones'], notes: 'x' };
    const author = says({ kind: 'advance', result });
    expect(await verify({ verify: [lint], author })).toMatchObject({
      kind: 'advance',
      result: {
        approved: true,
        findings: ['slow on phones'],
        notes: 'x',
      },
    });
  });

  it('sends the work back when it does not approve', async () => {
    const result = { approved: false, findings: ['no dark icons', 'no docs'] };
    const author = says({ kind: 'advance', result });
    expect(await verify({ verify: [lint], author })).toEqual({
      kind: 'request_retry',
      reason: 'not approved: no dark icons; no docs',
      details: JSON.stringify(result, null, 2),
    });
  });

  it.each<[JsonObject, string]>([
    [{ approved: 'false', findings: [] }, 'approved is "false", expected true'],
    [{ approved: 'true', findings: [] }, 'approved is "true", expected true'],
    [{ approved: 0, findings: ['slow'] }, 'approved is 0, expected true; slow'],
    [{ approved: null }, 'approved is null, expected true'],
    [
      { findings: ['CRITICAL: SQL injection'] },
      'approved is missing, expected true; CRITICAL: SQL injection',
    ],
    [{ approved: false }, 'no reason was given'],
  ])('sends the work back with %j, for it is no yes', async (result, why) => {
    const author = says({ kind: 'advance', result });
    expect(await verify({ verify: [lint], author })).toMatchObject({
      kind: 'request_retry',
      reason: `not approved: ${why}`,
    });
  });

  it('agrees when it has nothing to say', async () => {
    const author = says({ kind: 'advance', result: {} });
    expect(await verify({ verify: [lint], author })).toMatchObject({ result: { approved: true } });
  });

  it.each<Outcome>([
    { kind: 'request_retry', reason: 'x' },
    { kind: 'fail', reason: 'x' },
  ])('wins over green checks with %j', async (outcome) => {
    expect(await verify({ verify: [lint], author: says(outcome) })).toEqual(outcome);
  });

  it('cannot turn red to green, and is not even asked', async () => {
    const author = says({ kind: 'advance', result: { approved: true, findings: [] } });
    const outcome = await verify({ verify: [check('lint', 'exit 1')], author });
    expect(outcome).toMatchObject({ kind: 'request_retry' });
    expect(author.asked).toEqual([]);
  });
});

it('is not made without a check', () => {
  expect(() => createVerificationOverseer({ verify: [] })).toThrow('verify is empty');
});
