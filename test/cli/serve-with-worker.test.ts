import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { baton, createProject, TIMEOUT } from './harness.ts';
import { begin, clientOf, reaches, serveWithWorker } from './workers.ts';

describe.concurrent('baton serve --with-worker', TIMEOUT, () => {
  it('performs the builds that it serves', async () => {
    const project = createProject();
    const serving = await serveWithWorker(project, ['--concurrency', '2']);
    const client = clientOf(serving.address);
    const ids = await Promise.all(['b1', 'b2'].map((id) => begin(client, id)));
    for (const id of ids) await reaches(client, id, 'complete');
    expect(project.lines('deployed.log')).toHaveLength(2);
    await serving.tells('handed_over');
  });

  it('ends builds as the configuration does, and shows what the worker keeps', async () => {
    const project = createProject();
    project.configure(({ commands }) => {
      delete commands.deploy;
      delete commands.smoke;
    });
    const serving = await serveWithWorker(project);
    expect(serving.told.map(({ kind }) => kind)).not.toContain('other_ending');
    const client = clientOf(serving.address);
    const workflowId = await begin(client);
    await reaches(client, workflowId, 'complete');
    expect((await client.status({ workflowId })).definition.name).toBe('build-and-hand-over');
    const { artifacts } = await client.listArtifacts({ workflowId, kind: 'diff' });
    expect(artifacts.length).toBeGreaterThan(0);
  });

  it('leaves the end of builds to the worker that performs their last phase', async () => {
    const project = createProject();
    project.configure(({ commands }) => {
      delete commands.deploy;
      delete commands.smoke;
    });
    const serving = await serveWithWorker(project, ['--roles', 'q_assistant,code_writer']);
    const definitions = await clientOf(serving.address).listDefinitions();
    expect(definitions.find(({ isDefault }) => isDefault)?.name).toBe('build');
  });

  it('says that it stops, serves on until its worker has drained, and stops then', async () => {
    const project = createProject();
    project.steer({ planning: 'slow' });
    const serving = await serveWithWorker(project);
    const client = clientOf(serving.address);
    const workflowId = await begin(client);
    await project.hanging();
    serving.signal('SIGTERM');
    const healthz = async () => (await fetch(`${serving.address}/healthz`)).status;
    await until(async () => (await healthz()) === 503);
    // It still answers, and the worker's outcome counts.
    expect(await client.status({ workflowId })).toMatchObject({ state: 'planning' });
    const watching = client.waitFor(workflowId, 'handoff_to_coder').catch(() => undefined);
    writeFileSync(join(project.folder, 'go'), '');
    expect((await serving.ended).code).toBe(0);
    await watching;
    expect(serving.told.at(-1)).toMatchObject({ kind: 'outcome', state: 'planning' });
    await expect(healthz()).rejects.toThrow();
  });

  it('gives back what its worker holds when it is told to stop again', async () => {
    const project = createProject();
    project.steer({ discovery: 'hang' });
    const serving = await serveWithWorker(project, ['--grace', '24h']);
    await begin(clientOf(serving.address));
    await project.hanging();
    serving.signal('SIGTERM');
    await until(async () => (await fetch(`${serving.address}/healthz`)).status === 503);
    serving.signal('SIGTERM');
    expect((await serving.ended).code).toBe(130);
    expect(serving.told.at(-1)).toMatchObject({ kind: 'attempt_failed', code: 'cancelled' });
  });

  it('is refused with a worker that cannot work, and options of one that is not wanted', async () => {
    const { options } = createProject();
    const at = ['serve', '--port', '0', '--grpc-port', '0', '--database', 'memory:'];
    const unknown = await baton([...at, '--with-worker', ...options, '--roles', 'writer']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("roles: found 'writer'");
    expect(unknown.stdout).toBe('');
    const alone = await baton([...at, '--roles', 'code_writer']);
    expect(alone.code).toBe(2);
    expect(alone.stderr).toContain('--roles: goes with --with-worker only');
  });
});
