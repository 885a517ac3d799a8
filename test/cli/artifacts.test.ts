import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baton, createProject, documents, start, startServer, TIMEOUT } from './harness.ts';

describe.concurrent('what a build keeps', TIMEOUT, () => {
  it('is listed and shown, and goes with the records of the build', async () => {
    const project = createProject();
    const { options, steer, repo, kept } = project;
    steer({ implementation: 'right' });
    const run = await baton(['run', 'first', ...options, '--json']);
    const { workflowId } = documents(run.stdout)[0].status;
    const at = ['--workspace', repo];
    const { stdout } = await baton(['artifacts', workflowId, ...at, '--json']);
    const [{ artifacts }] = documents(stdout);
    const told = artifacts.map(({ state, kind, name }: Record<string, string>) =>
      [state, kind, name].join(' '),
    );
    expect(told).toContain('implementation diff changes.diff');
    expect(told).toContain('testing output test');
    expect(told).toContain('testing report junit.xml');
    const history = await baton(['history', workflowId, ...at, '--json']);
    const named = documents(history.stdout)[0].handoffs.flatMap(
      ({ data }: { data: { evidence?: { artifact?: { digest: string } }[] } }) =>
        (data.evidence ?? []).map(({ artifact }) => artifact?.digest),
    );
    const digests = artifacts.map(({ digest }: { digest: string }) => digest);
    expect(named.length).toBeGreaterThan(0);
    for (const digest of named) expect(digests).toContain(digest);

    const table = await baton(['artifacts', ...at]);
    expect(table.stdout).toMatch(/PHASE .*KIND/);
    const logs = await baton(['logs', workflowId, ...at, '--phase', 'implementation']);
    expect(logs.stdout).toMatch(/^#\d+ .* implementation 1\.1 diff: changes\.diff$/m);
    expect(logs.stdout).toMatch(/^│ \+\+\+ b\//m);
    expect(logs.stdout).not.toContain('report: ');
    const reports = await baton(['logs', ...at, '--kind', 'report', '--follow', '--json']);
    const [report] = documents(reports.stdout);
    expect(report.content).toContain('<testsuite');

    const folder = join(kept.state, 'builds', workflowId, 'artifacts');
    const damaged = artifacts.find(({ name }: { name: string }) => name === 'changes.diff');
    writeFileSync(join(folder, 'content', damaged.digest), 'damaged');
    const none = await baton(['logs', workflowId, ...at, '--phase', 'deploying']);
    expect(none.stdout).toContain(
      "No transcript, output or diff is kept of its phase 'deploying'.",
    );
    const rest = await baton(['logs', workflowId, ...at]);
    expect(rest.code).toBe(1);
    expect(rest.stdout).toMatch(/diff: changes\.diff\n│ \(cannot be read: .* is damaged: /);
    expect(rest.stdout).toMatch(/^#\d+ .* testing 1\.1 output: test$/m);
    expect(rest.stderr).toContain('is damaged: ');

    expect(existsSync(folder)).toBe(true);
    await baton(['prune', workflowId, '--yes', ...at]);
    expect(existsSync(join(kept.state, 'builds', workflowId))).toBe(false);
  });

  it('is shown as it comes, with the attempts that were withdrawn, until the build has ended', async () => {
    const { options, steer, repo } = createProject();
    steer({ implementation: 'wrong' });
    const running = start(['run', 'first', ...options]);
    await expect.poll(() => existsSync(join(repo, '.git', 'refs', 'baton'))).toBe(true);
    const logs = await baton(['logs', '--workspace', repo, '--follow']);
    await running.ended;
    expect(logs.code).toBe(0);
    const all = await baton(['logs', '--workspace', repo]);
    expect(all.stdout.replaceAll(' (superseded)', '')).toBe(
      logs.stdout.replaceAll(' (superseded)', ''),
    );
    expect(all.stdout).toMatch(/testing 1\.1 output: test \(superseded\)$/m);
  });

  it('lies where the configuration says, and a server with the same store shows it', async () => {
    const { options, steer, repo, kept, folder, configure } = createProject();
    configure((config) => {
      config.artifacts = { store: 'sqlite:kept.db' };
    });
    steer({ implementation: 'right' });
    const run = await baton(['run', 'first', ...options, '--json']);
    const { workflowId } = documents(run.stdout)[0].status;
    const store = `sqlite:${join(folder, 'kept.db')}`;
    expect(existsSync(join(kept.state, 'builds', workflowId, 'artifacts'))).toBe(false);
    const server = await startServer('0', 'memory:', [], { ARTIFACTS_URL: store });
    const here = ['--workspace', repo];
    const there = ['--server', server.address];
    for (const command of ['artifacts', 'logs']) {
      const [own, served] = await Promise.all(
        [here, there].map((where) => baton([command, workflowId, ...where, '--json'])),
      );
      expect(own?.stdout).toContain('changes.diff');
      expect(documents(served?.stdout ?? '')).toEqual(documents(own?.stdout ?? ''));
    }
    const followed = await baton(['logs', workflowId, ...there, '--follow']);
    // The server has the artifacts, and no workflow that could end.
    expect(followed.stderr).toContain(`no workflow '${workflowId}'`);
    const unnamed = await baton(['logs', ...there]);
    expect(unnamed.stderr).toContain('expected the id of the workflow beside --server');
    const elsewhere = { ARTIFACTS_URL: `folder:${join(folder, 'empty')}` };
    const none = await baton(['artifacts', workflowId, ...here], { env: elsewhere });
    expect(none.stdout).toContain('Nothing is kept of it.');

    const told = await baton(['prune', workflowId, '--yes', '--dry-run', ...here, '--json']);
    expect(documents(told.stdout)[0].artifacts.workflowIds).toEqual([workflowId]);
    await baton(['prune', workflowId, '--yes', ...here]);
    const gone = await baton(['artifacts', workflowId, ...there]);
    expect(gone.stderr).toContain(`no workflow '${workflowId}'`);
  });

  it('goes before its build by a retention of its own', async () => {
    const { options, steer, repo, kept, configure } = createProject();
    steer({ implementation: 'right' });
    const run = await baton(['run', 'first', ...options, '--json']);
    const { workflowId } = documents(run.stdout)[0].status;
    configure((config) => {
      config.artifacts = { maxArtifactBytes: 1024, retention: { days: 0 } };
    });
    steer({ discovery: 'fail' });
    const second = await baton(['run', 'second', ...options]);
    expect(second.stdout + second.stderr).toContain(
      'removed what lay here of a build by its retention',
    );
    const at = ['--workspace', repo];
    const { stdout } = await baton(['artifacts', workflowId, ...at]);
    expect(stdout).toContain('Nothing is kept of it.');
    expect(existsSync(join(kept.state, 'runs', `${workflowId}.json`))).toBe(true);
    // That build is open: what it rests on stays.
    const open = await baton(['prune', '--config', options[3] ?? '', ...at, '--json']);
    expect(documents(open.stdout)[0].artifacts.workflowIds).toEqual([]);
  });

  it('says what there is instead of a build that was never begun', async () => {
    const { repo } = createProject();
    for (const command of ['artifacts', 'logs']) {
      const { code, stderr } = await baton([command, 'wf_9', '--workspace', repo]);
      expect(code).not.toBe(0);
      expect(stderr).toContain("no build 'wf_9' was begun in");
      const none = await baton([command, '--workspace', repo]);
      expect(none.stderr).toContain('no build was begun in');
    }
    expect(readdirSync(repo)).not.toContain('artifacts');
  });
});
