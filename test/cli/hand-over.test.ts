import { describe, expect, it } from 'vitest';
import { baton, createProject, documents, startServer, TIMEOUT } from './harness.ts';

const REQUEST = 'Build me a greeting';

/** A project whose configuration has no deploy, no smoke and no rollback. */
function withoutDeploy() {
  const project = createProject();
  project.configure(({ commands }) => {
    commands.deploy = undefined;
    commands.smoke = undefined;
  });
  return project;
}

describe.concurrent('a build without a deployment', TIMEOUT, () => {
  it('hands a branch over, and says so from the first line to the last', async () => {
    const { repo, options, lines } = withoutDeploy();
    const doctor = await baton(['doctor', ...options]);
    expect([doctor.code, doctor.stdout]).toEqual([
      0,
      expect.stringMatching(/✔ release +hands a branch over; does not deploy/),
    ]);
    const { code, stdout, stderr } = await baton(['run', REQUEST, ...options]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')[1]).toContain('hands a branch over; does not deploy');
    expect(stdout).toContain('11 different, 14 walked');
    expect(stdout).toMatch(/deployed +nothing: the work is handed over/);
    expect(stdout).not.toContain('deployed to');
    expect(lines('deployed.log')).toEqual([]);

    const [, id = ''] = /\(([^)]+)\)/.exec(stdout.split('\n')[0] ?? '') ?? [];
    const status = await baton(['status', id, '--workspace', repo]);
    expect(status.stdout).toMatch(/definition +build-and-hand-over@1/);
    const history = await baton(['history', id, '--workspace', repo, '--json']);
    const { data } = documents(history.stdout)[0].handoffs.at(-1);
    const tested = documents(history.stdout)[0].handoffs.findLast(
      ({ fromState }: { fromState: string }) => fromState === 'testing',
    );
    expect(data).toEqual({
      handedOver: true,
      workspaceDigest: tested.data.evidence[0].workspaceDigest,
    });
  });

  it('does the same where the state is on a server', async () => {
    const { options } = withoutDeploy();
    const { address } = await startServer();
    const at = [...options, '--server', address];
    const doctor = await baton(['doctor', ...at]);
    expect(doctor.stdout).toMatch(/✔ policies +build-and-hand-over@1/);
    const { code, stdout } = await baton(['run', REQUEST, ...at, '--json']);
    expect(code).toBe(0);
    const [opened, ...rest] = documents(stdout);
    expect(opened.status.definition).toEqual({ name: 'build-and-hand-over', version: 1 });
    expect(rest.at(-1).summary).toMatchObject({ complete: true, state: 'complete' });
  });

  it('is held to the approvals that a configuration demands of a server', async () => {
    const { options, configure } = withoutDeploy();
    configure((config) => {
      config.approvals = [{ from: 'handoff_to_releaser', to: 'deployment' }];
    });
    const { address } = await startServer();
    const { code, stderr } = await baton(['run', REQUEST, ...options, '--server', address]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is not demanded by')]);
  });

  it('is not gone on with by a configuration that deploys, nor the other way round', async () => {
    const { repo, options, steer, configure, lines } = withoutDeploy();
    steer({ implementation: 'fail' });
    const first = await baton(['run', REQUEST, ...options]);
    expect(first.code).not.toBe(0);
    const performed = lines('performed.log').length;
    configure(({ commands }) => {
      commands.deploy = { argv: ['true'], target: 'production' };
      commands.smoke = [{ name: 'it greets', argv: ['true'] }];
    });
    for (const command of [
      ['run', REQUEST, ...options],
      ['resume', '--workspace', repo],
    ]) {
      const { code, stderr } = await baton(command);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(
          /was begun by definition 'build-and-hand-over'.*deploys to production.*leave commands\.deploy/,
        ),
      ]);
    }
    expect(lines('performed.log')).toHaveLength(performed);
  });

  it('is shown when it is complete, whatever the configuration says by then', async () => {
    const { options, steer, configure } = createProject();
    steer({ implementation: 'right' });
    expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
    configure(({ commands }) => {
      commands.deploy = undefined;
      commands.smoke = undefined;
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('deployed to  file:///live.txt')]);
  });
});

it('a workflow is started by a definition that is named', TIMEOUT, async () => {
  const { address } = await startServer();
  const build = ['start', REQUEST, '--project', 'p', '--user', 'ada', '--server', address];
  const named = ['--definition', 'build-and-hand-over', '--json'];
  const { stdout } = await baton([...build, '--build', '1', ...named]);
  const [{ workflowId }] = documents(stdout);
  const status = await baton(['status', workflowId, '--server', address, '--json']);
  expect(documents(status.stdout)[0].definition.name).toBe('build-and-hand-over');
  const unknown = await baton([...build, '--build', '2', '--definition', 'nope']);
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    expect.stringContaining('definitions: build@1, build-and-hand-over@1'),
  ]);
});
