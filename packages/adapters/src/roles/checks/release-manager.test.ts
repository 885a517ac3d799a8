import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatonError, deploymentOutput, type JsonObject, type Outcome } from '@baton/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import type { CheckCommand } from './check-command.ts';
import { createReleaseManager, type ReleaseManagerOptions } from './release-manager.ts';

const ROLE = 'release_manager';
const assignment = assignmentOf({ state: 'deployment', role: ROLE });

/** A file in which commands record that they ran; it stands for production. */
let production: string;

beforeEach(() => {
  production = temporaryFolder();
});

const ran = (): string[] => {
  const log = join(production, 'log');
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
};

/** A command that records its name and then runs `script`. */
const step = (name: string, script = 'true'): CheckCommand => ({
  name,
  argv: ['sh', '-c', `echo ${name} >> "$PRODUCTION/log"; ${script}`],
  env: { PRODUCTION: production },
});

const release = (
  options: Partial<ReleaseManagerOptions> = {},
  context = contextOf(folderWorkspace({ 'a.ts': 'x' })),
): Promise<Outcome> =>
  createReleaseManager({
    deploy: step('deploy'),
    smoke: [step('home'), step('login')],
    rollback: step('rollback'),
    target: 'staging',
    ...options,
  }).perform(assignment, context);

describe('a release that works', () => {
  it('advances with target, smoke tests and the evidence of every step', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const context = contextOf(workspace);
    const outcome = await release({}, context);
    if (outcome.kind !== 'advance') return expect.fail(JSON.stringify(outcome));
    const output = deploymentOutput.parse(outcome.result);
    expect(output).toMatchObject({
      deployed: true,
      target: 'staging',
      smokeTests: [
        { name: 'home', passed: true },
        { name: 'login', passed: true },
      ],
    });
    const workspaceDigest = await workspace.digest();
    expect(context.ran).toMatchObject([
      { purpose: 'deploy', exitCode: 0, workspaceDigest },
      { purpose: 'smoke: home', exitCode: 0, workspaceDigest },
      { purpose: 'smoke: login', exitCode: 0, workspaceDigest },
    ]);
    expect(ran()).toEqual(['deploy', 'home', 'login']);
  });
});

describe('a release on stale verdicts', () => {
  it('is refused before anything is deployed, with the digests', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const verdict = {
      purpose: 'test',
      argv: ['npm', 'test'],
      exitCode: 0,
      startedAt: 0,
      durationMs: 1,
      outputDigest: 'x',
      workspaceDigest: await workspace.digest(),
    };
    const inputs = { testing: { evidence: [verdict] } };
    const stale = { ...assignment, inputs };
    const manager = createReleaseManager({
      deploy: step('deploy'),
      smoke: [step('home')],
      target: 'staging',
    });
    expect(await manager.perform(stale, contextOf(workspace))).toMatchObject({ kind: 'advance' });
    workspace.write('a.ts', 'y');
    const error = await failure(manager.perform(stale, contextOf(workspace)));
    expect(error).toMatchObject({
      code: 'gate_not_passed',
      metadata: { expected: await workspace.digest(), found: verdict.workspaceDigest },
    });
    expect(ran()).toEqual(['deploy', 'home']);
  });
});

describe('a release that fails', () => {
  it('is rolled back after a failed smoke test, and goes back to implementation', async () => {
    const smoke = [step('home', 'echo 500; exit 22'), step('login')];
    expect(await release({ smoke })).toEqual({
      kind: 'request_retry',
      reason: `smoke tests failed: 'home' failed with exit code 22; the deployment was rolled back`,
      details: '== home\n500',
      targetState: 'implementation',
    });
    expect(ran()).toEqual(['deploy', 'home', 'login', 'rollback']);
  });

  it('is rolled back after a failed deployment, without smoke tests', async () => {
    const outcome = await release({ deploy: step('deploy', 'echo quota; exit 1') });
    expect(outcome).toEqual({
      kind: 'request_retry',
      reason: `the deployment failed: 'deploy' failed with exit code 1; the deployment was rolled back`,
      details: 'quota',
    });
    expect(ran()).toEqual(['deploy', 'rollback']);
  });

  it('is rolled back when the deployment does not end in time', async () => {
    const deploy = { ...step('deploy', 'sleep 60'), timeoutMs: 500 };
    expect(await release({ deploy })).toMatchObject({
      reason: expect.stringContaining(`'deploy' did not end in time; the deployment was rolled`),
    });
    expect(ran()).toEqual(['deploy', 'rollback']);
  });

  it('is rolled back when the deployment changed files', async () => {
    const outcome = await release({ deploy: step('deploy', 'echo y > a.ts') });
    expect(outcome).toMatchObject({
      kind: 'request_retry',
      reason: expect.stringContaining(`'deploy' changed files of the workspace`),
    });
    expect(ran()).toEqual(['deploy', 'rollback']);
  });

  it('fails the workflow when the rollback fails, for production may be broken', async () => {
    const outcome = await release({
      smoke: [step('home', 'exit 1')],
      rollback: step('rollback', 'exit 9'),
    });
    expect(outcome).toEqual({
      kind: 'fail',
      reason: `production may be broken (staging): smoke tests failed: 'home' failed with exit code 1; the rollback failed, too: 'rollback' failed with exit code 9`,
    });
  });

  it('fails the workflow when the rollback cannot be run', async () => {
    const outcome = await release({
      smoke: [step('home', 'exit 1')],
      rollback: { name: 'rollback', argv: ['no-such-program-here'] },
    });
    expect(outcome).toMatchObject({
      kind: 'fail',
      reason: expect.stringMatching(/^production may be broken .*the rollback could not be run/),
    });
  });

  it('may change files in its rollback, for no verdict rests on it', async () => {
    const outcome = await release({
      smoke: [step('home', 'exit 1')],
      rollback: step('rollback', 'echo y > a.ts'),
    });
    expect(outcome).toMatchObject({ reason: expect.stringContaining('was rolled back') });
  });

  it('says so when there is no rollback', async () => {
    const { rollback: _, ...options } = { rollback: undefined, smoke: [step('home', 'exit 1')] };
    const role = createReleaseManager({ deploy: step('deploy'), target: 'staging', ...options });
    expect(await role.perform(assignment, contextOf())).toMatchObject({
      kind: 'request_retry',
      reason: expect.stringContaining('there is no rollback command, so it was left as it is'),
      targetState: 'implementation',
    });
  });

  it('is rolled back when a smoke test cannot be started, and that is the failure', async () => {
    const smoke = [{ name: 'home', argv: ['no-such-program-here'] }];
    await expect(release({ smoke })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('no-such-program-here'),
    });
    expect(ran()).toEqual(['deploy', 'rollback']);
  });

  it('fails the workflow when neither a smoke test nor the rollback works', async () => {
    const outcome = await release({
      smoke: [{ name: 'home', argv: ['no-such-program-here'] }],
      rollback: step('rollback', 'exit 9'),
    });
    expect(outcome).toMatchObject({
      kind: 'fail',
      reason: expect.stringMatching(
        /^production may be broken .*no-such-program-here.*exit code 9/,
      ),
    });
  });

  it('is not rolled back when the deployment could not be started', async () => {
    const deploy = { name: 'deploy', argv: ['no-such-program-here'] };
    await expect(release({ deploy })).rejects.toMatchObject({ code: 'invalid_input' });
    expect(ran()).toEqual([]);
  });

  it('is not rolled back when it is cancelled: another process may be deploying', async () => {
    const controller = new AbortController();
    const watch = setInterval(() => ran().includes('home') && controller.abort(), 10);
    const context = contextOf(folderWorkspace(), controller.signal);
    const releasing = release({ smoke: [step('home', 'sleep 60')] }, context);
    await expect(releasing).rejects.toMatchObject({ code: 'cancelled' });
    clearInterval(watch);
    expect(ran()).toEqual(['deploy', 'home']);
    expect(context.heard).not.toContain(`rollback: running 'rollback'`);
  });
});

describe('an author', () => {
  const says = (outcome: Outcome) => roleOf(ROLE, () => outcome);

  it('adds words, but cannot change what was measured', async () => {
    const result = {
      deployed: true,
      target: 'the moon',
      smokeTests: [],
      notes: 'went well',
    };
    expect(await release({ author: says({ kind: 'advance', result }) })).toMatchObject({
      kind: 'advance',
      result: {
        deployed: true,
        target: 'staging',
        smokeTests: [{ name: 'home' }, { name: 'login' }],
        notes: 'went well',
      },
    });
  });

  it.each<Outcome>([
    { kind: 'request_retry', reason: 'error rate is up', targetState: 'planning' },
    { kind: 'fail', reason: 'error rate is up' },
  ])('has the release rolled back with %j', async (outcome) => {
    expect(await release({ author: says(outcome) })).toEqual({
      ...outcome,
      reason: 'error rate is up; the deployment was rolled back',
    });
    expect(ran()).toEqual(['deploy', 'home', 'login', 'rollback']);
  });

  it.each<[JsonObject, string]>([
    [{ deployed: false }, 'deployed is false'],
    [{ deployed: 'yes' }, 'deployed is "yes"'],
    [
      {
        smokeTests: [
          { name: 'home', passed: true },
          { name: 'login', passed: false },
        ],
      },
      'smokeTests is [{"name":"login","passed":false}]',
    ],
    [{ deployed: true, smokeTests: [null] }, 'smokeTests is [null]'],
    [{ smokeTests: 'broken' }, 'smokeTests is ["broken"]'],
    [{ smokeTests: null }, 'smokeTests is [null]'],
  ])('has the release rolled back when it says %j', async (result, doubt) => {
    expect(await release({ author: says({ kind: 'advance', result }) })).toEqual({
      kind: 'request_retry',
      reason: `the author says no: ${doubt}; the deployment was rolled back`,
      details: JSON.stringify(result, null, 2),
    });
    expect(ran()).toEqual(['deploy', 'home', 'login', 'rollback']);
  });

  it('that throws has the release rolled back, and its error stays', async () => {
    const boom = new BatonError('unavailable', 'no model');
    const author = roleOf(ROLE, () => {
      throw boom;
    });
    await expect(release({ author })).rejects.toBe(boom);
    expect(ran()).toEqual(['deploy', 'home', 'login', 'rollback']);
  });

  it('cannot turn red to green, and is not even asked', async () => {
    const author = says({ kind: 'advance', result: {} });
    const outcome = await release({ smoke: [step('home', 'exit 1')], author });
    expect(outcome).toMatchObject({ kind: 'request_retry' });
    expect(author.asked).toEqual([]);
  });
});

describe('options that cannot work', () => {
  it.each<[string, Partial<ReleaseManagerOptions>, string]>([
    ['no smoke test', { smoke: [] }, 'smoke is empty'],
    ['no target', { target: ' ' }, 'target is empty'],
    ['two commands of one name', { rollback: { name: 'home', argv: ['x'] } }, 'twice'],
  ])('are refused at once: %s', (_, options, problem) => {
    const argv = ['true'];
    const given = { deploy: { name: 'deploy', argv }, smoke: [{ name: 'home', argv }] };
    expect(() => createReleaseManager({ ...given, target: 'staging', ...options })).toThrow(
      problem,
    );
  });
});
