import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baton, createProject, documents, start, TIMEOUT } from './harness.ts';

const REQUEST = 'Build me a greeting';

describe.concurrent('baton run', TIMEOUT, () => {
  it('takes a request through a failing test and a retry to a deployment', async () => {
    const { options, lines, git } = createProject();
    const { code, stdout, stderr } = await baton(['run', REQUEST, ...options]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/▶ implementation +code_writer\n/);
    expect(stdout).toContain(
      '↩ testing → implementation  retry 1 of 3 in this build by test_auditor',
    );
    expect(stdout).toContain('1 of 1 tests failed: greets');
    expect(stdout).toMatch(/testing +test +0 .*check\.mjs/);
    expect(stdout).toContain('11 different, 14 walked');
    expect(stdout).toContain('deployed to  file:///live.txt');
    expect(lines('performed.log')).toEqual([
      'discovery 1',
      'planning 1',
      'implementation 1',
      'implementation 1',
    ]);
    expect(lines('deployed.log')).toHaveLength(1);

    const [, branch = ''] = /git -C \S+ switch (\S+)/.exec(stdout) ?? [];
    expect(branch).toMatch(/^baton\/build-me-a-greeting-[0-9a-f]{8}$/);
    expect(git('status', '--porcelain')).toBe('');
    expect(git('diff', '--name-status', `HEAD..${branch}`)).toBe('A\tgreeting.txt\n');
    const message = git('log', '-1', '--format=%B', branch);
    expect(message).toMatch(/^Build me a greeting\n\n/);
    expect(message).toMatch(/Tests: 1 passed, 0 failed; line coverage \d+ %\./);
    expect(message).toMatch(/\n- test: .*check\.mjs .*\(exit code 0\)\n/);
  });

  it('says once that it begins without what is not committed', async () => {
    const { repo, options, steer } = createProject();
    writeFileSync(join(repo, 'readme.md'), 'Changed.\n');
    writeFileSync(join(repo, 'new.md'), 'New.\n');
    steer({ discovery: 'fail' });
    const words = 'without what is not committed: readme.md and 1 more';
    expect((await baton(['run', REQUEST, ...options])).stdout).toContain(words);
    expect((await baton(['run', REQUEST, ...options])).stdout).not.toContain(words);
    const { stdout } = await baton(['run', 'another', ...options, '--json']);
    expect(documents(stdout).find(({ kind }) => kind === 'uncommitted')).toEqual({
      kind: 'uncommitted',
      files: ['readme.md', 'new.md'],
    });
  });

  it('shows a build that is complete when it is asked for again, and begins another with --new', async () => {
    const { options, lines, steer } = createProject();
    steer({ implementation: 'right' });
    expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
    const again = await baton(['run', REQUEST, ...options]);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('is complete');
    expect(again.stdout).toContain('--new');
    expect(lines('deployed.log')).toHaveLength(1);
    const another = await baton(['run', REQUEST, ...options, '--new', '--json']);
    const [opened] = documents(another.stdout);
    expect(opened).toMatchObject({ kind: 'opened', begun: true });
    expect(opened.status.buildId).toMatch(/^build-me-a-greeting-[0-9a-f]{8}-2$/);
    expect(lines('deployed.log')).toHaveLength(2);
    const last = documents((await baton(['run', REQUEST, ...options, '--json'])).stdout);
    expect(last[0].status.buildId).toBe(opened.status.buildId);
  });

  it('prints one JSON document a line with --json, the summary last', async () => {
    const { options } = createProject();
    const { code, stdout, stderr } = await baton(['run', REQUEST, ...options, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const all = documents(stdout);
    const events = all.filter(({ kind }) => kind === 'event').map(({ event }) => event);
    // The first event is older than the run's look at the trail.
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 2));
    const { kind, summary } = all.at(-1);
    expect(kind).toBe('summary');
    expect(summary).toMatchObject({ complete: true, retries: 1, state: 'complete' });
    expect(summary.walk).toHaveLength(14);
    expect(summary.evidence.map(({ purpose }: { purpose: string }) => purpose)).toEqual([
      'test',
      'verify: greeting is there',
      'deploy',
      'smoke: it greets',
    ]);
    expect(summary.waysBack).toEqual([
      {
        from: 'testing',
        to: 'implementation',
        by: 'test_auditor',
        reason: '1 of 1 tests failed: greets',
      },
    ]);
  });

  it('replays without its roles what it recorded with them', async () => {
    const { options, folder, lines, configure } = createProject();
    const cassette = `${folder}/greeting.cassette.json`;
    expect((await baton(['run', REQUEST, ...options, '--record', cassette])).code).toBe(0);
    configure((config) => {
      config.roles = {};
    });
    const before = lines('performed.log');
    const replayed = await baton(['run', REQUEST, ...options, '--replay', cassette, '--new']);
    expect([replayed.code, replayed.stderr]).toEqual([0, '']);
    expect(lines('performed.log')).toEqual(before);
    expect(lines('deployed.log')).toHaveLength(2);
  });

  it('performs roles that are programs', async () => {
    const { options, configure } = createProject();
    configure((config) => {
      const command = ['node', '{config}/voice-command.mjs'];
      config.roles = { q_assistant: { command }, code_writer: { command, timeoutSeconds: 20 } };
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options]);
    expect(code).toBe(0);
    expect(stdout).toContain('working on implementation');
  });

  it('ends with exit code 6 in error, says why, and goes on after a retry request', async () => {
    const { repo, options, steer, lines } = createProject();
    steer({ planning: 'fail' });
    const failed = await baton(['run', REQUEST, ...options]);
    expect(failed.code).toBe(6);
    expect(failed.stdout).toContain('planning failed (role_failed): told to fail');
    const [, id = ''] = /baton request-retry (\S+)/.exec(failed.stdout) ?? [];
    const again = await baton(['run', REQUEST, ...options]);
    expect(again.code).toBe(6);
    expect(lines('performed.log')).toEqual(['discovery 1', 'planning 1']);

    steer({});
    const workspace = ['--workspace', repo];
    const retry = ['request-retry', id, '--reason', 'plan it', ...workspace, '--json'];
    expect(documents((await baton(retry)).stdout)[0]).toMatchObject({ state: 'planning' });
    expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
    expect(lines('performed.log').slice(0, 3)).toEqual(['discovery 1', 'planning 1', 'planning 1']);
  });

  it('ends with exit code 6 when another process cancels the build, and goes on after a retry request', async () => {
    const { repo, options, steer, hanging, lines } = createProject();
    steer({ implementation: 'hang' });
    const run = start(['run', REQUEST, ...options]);
    await hanging();
    const workspace = ['--workspace', repo];
    const listed = await baton(['list', ...workspace, '--json']);
    const { workflowId: id, buildId } = documents(listed.stdout)[0].workflows[0];
    const cancel = ['cancel', buildId, '--reason', 'not wanted', '--by', 'grace', ...workspace];
    const untold = await baton([...cancel, '--token', 'a guess']);
    expect([untold.code, untold.stderr]).toEqual([4, expect.stringContaining('token')]);
    expect((await baton(cancel)).code).toBe(0);
    const { code, stdout, stderr } = await run.ended;
    expect([code, stderr]).toEqual([6, '']);
    expect(stdout).toContain('✖ implementation → error  cancelled by grace: not wanted');
    expect(stdout).toContain(`Build ${buildId} was cancelled`);
    expect(stdout).toContain('  cancelled in implementation by grace: not wanted');
    expect(stdout).not.toContain('failed');
    expect(stdout).toMatch(/Move it on\n {2}baton request-retry /);
    expect(lines('performed.log')).toEqual(['discovery 1', 'planning 1', 'implementation 1']);

    const again = await baton(['run', REQUEST, ...options, '--json']);
    expect(again.code).toBe(6);
    expect(documents(again.stdout).at(-1).summary).toMatchObject({
      ...{ complete: false, failure: { code: 'cancelled', by: 'grace' } },
    });
    steer({ implementation: 'right' });
    const retry = ['request-retry', id, '--reason', 'wanted after all', ...workspace];
    expect((await baton(retry)).code).toBe(0);
    expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
  });

  it('shows what a check that failed has written, and so does status', async () => {
    const { repo, options, configure } = createProject();
    configure((config) => {
      config.limits = { maxRetries: 0 };
    });
    const failed = await baton(['run', REQUEST, ...options]);
    expect(failed.stdout).toMatch(/\nWhy\n {2}testing failed .*\n {4}│ not ok: found goodbye\n/);
    const [, id = ''] = /baton rollback (\S+)/.exec(failed.stdout) ?? [];
    const status = await baton(['status', id, '--workspace', repo]);
    expect(status.stdout).toContain('\n  │ not ok: found goodbye\n');
  });

  it('gets the files of a phase back by a rollback', async () => {
    const { repo, options, steer, git, configure, kept } = createProject();
    steer({ implementation: 'right' });
    configure((config) => {
      config.commands.smoke[0].argv = ['false'];
      config.limits = { maxRetries: 0 };
    });
    const failed = await baton(['run', REQUEST, ...options]);
    expect(failed.code).toBe(6);
    // No retry is left: it would be refused.
    expect(failed.stdout).not.toContain('baton request-retry');
    const [, id = ''] = /baton rollback (\S+)/.exec(failed.stdout) ?? [];
    const files = () => git('-C', join(kept.worktrees, id), 'status', '--porcelain', '-uall');
    expect(files()).toContain('greeting.txt');
    const back = ['rollback', id, '--to', 'implementation', '--reason', 'over', '--workspace'];
    expect((await baton([...back, repo])).code).toBe(0);
    expect(files()).toBe('');
    configure((config) => {
      config.commands.smoke[0].argv = ['true'];
    });
    const resumed = await baton(['resume', '--workspace', repo]);
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain('error → implementation by ada: over');
  });
});
