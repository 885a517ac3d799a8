import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { baton, createProject, start, startServer, TIMEOUT } from './harness.ts';
import { begin, clientOf, eventsOf, healthOf, reaches, startWorker } from './workers.ts';

/** A lease that no test waits for. */
const LONG = ['--lease', '24h'];

describe.concurrent('baton worker', TIMEOUT, () => {
  it.each(['grpc', 'address'] as const)(
    'carries a whole build with another worker, each its roles, to a branch: %s',
    async (protocol) => {
      const server = await startServer();
      const project = createProject();
      const at = server[protocol];
      await startWorker(at, project, ['--name', 'one', '--roles', 'q_assistant,test_auditor']);
      const others = 'code_writer,verification_overseer,release_manager';
      const two = await startWorker(at, project, ['--name', 'two', '--roles', others]);
      const client = clientOf(server.address);
      const workflowId = await begin(client);
      await reaches(client, workflowId, 'complete');
      const events = await eventsOf(client, workflowId);
      const claims = events.filter(({ type }) => type === 'assignment_claimed');
      expect(claims.map(({ triggeredBy, data }) => [data['state'], triggeredBy])).toEqual([
        ['discovery', 'one'],
        ['planning', 'one'],
        ['implementation', 'two'],
        ['testing', 'one'],
        ['implementation', 'two'],
        ['testing', 'one'],
        ['verification', 'two'],
        ['deployment', 'two'],
      ]);
      expect(project.lines('deployed.log')).toHaveLength(1);
      const { branch } = await two.tells('handed_over');
      expect(project.git('diff', '--name-status', `HEAD..${branch}`)).toBe('A\tgreeting.txt\n');
      // Commands find a build that was worked on here.
      const taken = await baton(['take', '--workspace', project.repo]);
      expect([taken.code, taken.stderr]).toEqual([0, '']);
    },
  );

  it('finishes what it holds when it is told to stop, takes no more, and says that it drains', async () => {
    const server = await startServer();
    const project = createProject();
    project.steer({ planning: 'slow' });
    const worker = await startWorker(server.address, project, ['--health-port', '0']);
    const { healthPort } = await worker.tells('started');
    expect(await healthOf(healthPort)).toEqual({ code: 200, status: 'SERVING', state: 'running' });
    const client = clientOf(server.address);
    const workflowId = await begin(client);
    await project.hanging();
    worker.signal('SIGTERM');
    await worker.tells('draining');
    const draining = { status: 'NOT_SERVING', state: 'draining' };
    expect(await healthOf(healthPort)).toEqual({ code: 503, ...draining });
    expect(await healthOf(healthPort, '/health/live')).toMatchObject({ code: 200 });
    const later = await begin(client, 'b2');
    writeFileSync(join(project.folder, 'go'), '');
    expect((await worker.ended).code).toBe(0);
    expect(await healthOf(healthPort)).toBeUndefined();
    expect(await client.status({ workflowId })).toMatchObject({
      state: 'handoff_to_coder',
      claim: undefined,
    });
    expect(await client.status({ workflowId: later })).toMatchObject({
      state: 'discovery',
      attempt: 0,
      claim: undefined,
    });
  });

  it('gives back what is left after its grace, and another worker takes it at once', async () => {
    const server = await startServer();
    const project = createProject();
    project.steer({ implementation: 'hang' });
    const worker = await startWorker(server.address, project, ['--grace', '100ms', ...LONG]);
    const client = clientOf(server.address);
    const workflowId = await begin(client);
    await project.hanging();
    worker.signal('SIGINT');
    expect((await worker.ended).code).toBe(0);
    expect(await client.status({ workflowId })).toMatchObject({ attempt: 0, claim: undefined });
    project.steer({});
    await startWorker(server.address, project);
    await reaches(client, workflowId, 'complete');
    const events = await eventsOf(client, workflowId);
    expect(events.filter(({ type }) => type === 'attempt_failed')).toMatchObject([
      { data: { code: 'cancelled' } },
    ]);
  });

  it('gives back at once what it holds when it is told to stop again', async () => {
    const server = await startServer();
    const project = createProject();
    project.steer({ discovery: 'hang' });
    const worker = await startWorker(server.address, project, ['--grace', '24h', ...LONG]);
    const client = clientOf(server.address);
    const workflowId = await begin(client);
    await project.hanging();
    worker.signal('SIGTERM');
    await worker.tells('draining');
    worker.signal('SIGTERM');
    expect((await worker.ended).code).toBe(130);
    expect(worker.told.slice(-2)).toEqual([
      expect.objectContaining({ kind: 'attempt_failed', code: 'cancelled' }),
      expect.objectContaining({ kind: 'stopped' }),
    ]);
    expect(await client.status({ workflowId })).toMatchObject({ attempt: 0, claim: undefined });
  });

  it('that is killed loses its work to another worker once its lease has run out', async () => {
    const server = await startServer();
    const project = createProject();
    project.steer({ implementation: 'hang' });
    const worker = await startWorker(server.address, project, ['--lease', '1s']);
    const client = clientOf(server.address);
    const workflowId = await begin(client);
    await project.hanging();
    worker.signal('SIGKILL');
    await worker.ended;
    project.steer({});
    await startWorker(server.address, project);
    await reaches(client, workflowId, 'complete');
    expect(project.lines('performed.log')).toContain('implementation 2');
    expect(project.lines('deployed.log')).toHaveLength(1);
  });

  it('performs several builds at once, and of each role no more than it may', async () => {
    const server = await startServer();
    const project = createProject();
    writeFileSync(
      join(project.folder, 'counted.mjs'),
      `import { appendFileSync } from 'node:fs';
       import { setTimeout as sleep } from 'node:timers/promises';
       import * as voice from './voice.mjs';
       const active = new Map();
       const two = Promise.withResolvers();
       export async function perform(assignment, context) {
         const { role } = assignment;
         active.set(role, (active.get(role) ?? 0) + 1);
         appendFileSync(new URL('active.log', import.meta.url), role + ' ' + active.get(role) + '\\n');
         if (role === 'code_writer' && active.get(role) === 2) two.resolve();
         await (role === 'code_writer' ? two.promise : sleep(100));
         const outcome = await voice.perform(assignment, context);
         active.set(role, active.get(role) - 1);
         return outcome;
       }`,
    );
    project.configure((config) => {
      for (const role of Object.values(config.roles))
        Object.assign(role as object, { module: './counted.mjs' });
    });
    const limits = ['--concurrency', 'q_assistant=1,code_writer=2'];
    await startWorker(server.address, project, limits);
    const client = clientOf(server.address);
    const ids = await Promise.all(['b1', 'b2', 'b3', 'b4'].map((id) => begin(client, id)));
    for (const id of ids) await reaches(client, id, 'complete');
    const seen = new Set(project.lines('active.log'));
    expect([...seen].sort()).toEqual(['code_writer 1', 'code_writer 2', 'q_assistant 1']);
    expect(project.lines('deployed.log')).toHaveLength(4);
  });

  it('says once that the server is away and once that it is back, and goes on', async () => {
    const project = createProject();
    const database = `sqlite:${join(project.folder, 'server.db')}`;
    const server = await startServer('0', database);
    const worker = await startWorker(server.address, project, ['--health-port', '0']);
    const { healthPort } = await worker.tells('started');
    project.steer({ planning: 'slow' });
    const workflowId = await begin(clientOf(server.address));
    await project.hanging();
    await server.kill();
    await worker.tells('away');
    expect(await healthOf(healthPort)).toMatchObject({ code: 503, state: 'away' });
    // What was under way ends while there is no server to tell.
    writeFileSync(join(project.folder, 'go'), '');
    await startServer(server.port, database);
    await worker.tells('back');
    const client = clientOf(server.address);
    await reaches(client, workflowId, 'complete');
    expect(await healthOf(healthPort)).toMatchObject({ code: 200, state: 'running' });
    const told = worker.told.map(({ kind }) => kind);
    expect(told.filter((kind) => kind === 'away' || kind === 'back')).toEqual(['away', 'back']);
    expect(project.lines('performed.log').filter((line) => line.startsWith('planning'))).toEqual([
      'planning 1',
    ]);
  });

  it('leaves a phase to others that its configuration ends in another way, and says why', async () => {
    const server = await startServer();
    const project = createProject();
    project.steer({ implementation: 'right' });
    const before = 'q_assistant,code_writer,test_auditor,verification_overseer';
    const others = await startWorker(server.address, project, ['--roles', before]);
    expect(others.told.map(({ kind }) => kind)).not.toContain('other_ending');
    project.configure(({ commands }) => {
      delete commands.deploy;
      delete commands.smoke;
    });
    const releaser = await startWorker(server.address, project, ['--roles', 'release_manager']);
    const [{ message }] = releaser.told.filter(({ kind }) => kind === 'other_ending');
    expect(message).toContain("builds that name no definition run by 'build' on this server");
    expect(message).toContain('WORKFLOW_DEFINITION=build-and-hand-over');
    const client = clientOf(server.address);
    const workflowId = await begin(client);
    const failed = async () =>
      (await eventsOf(client, workflowId)).find(({ type }) => type === 'attempt_failed');
    await until(async () => (await failed()) !== undefined);
    expect((await failed())?.data).toMatchObject({ code: 'cancelled', retryable: true });
    const given = await failed();
    const pauseMs = Number(given?.data['retryAt']) - Number(given?.at);
    expect(pauseMs).toBe(60_000);
    // It is no attempt of the build's.
    expect(await client.status({ workflowId })).toMatchObject({ state: 'deployment', attempt: 0 });
    expect((await failed())?.data['message']).toContain(
      "this worker cannot perform 'deployment' of the build: build 'b1' was begun by definition 'build'",
    );
  });

  it('tells people what it does, a line for each piece of work', async () => {
    const server = await startServer();
    const project = createProject();
    const worker = start(['worker', '--server', server.address, ...project.options]);
    const client = clientOf(server.address);
    const workflowId = await begin(client);
    await reaches(client, workflowId, 'complete');
    await until(() => project.git('branch', '--list', 'baton/*') !== '');
    worker.process.kill('SIGTERM');
    const { code, stdout, stderr } = await worker.ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Worker \S+:\d+ takes work from http:\/\/127\.0\.0\.1:\d+\n/);
    expect(stdout).toMatch(/▶ discovery of greeter\/b1 \(wf_\w+\)\n/);
    expect(stdout).toMatch(
      /↩ testing of greeter\/b1 \(wf_\w+\), \S+s: 1 of 1 tests failed: greets\n/,
    );
    expect(stdout).toMatch(/the work of wf_\w+ is on the branch baton\/build-me-a-greeting-/);
    expect(stdout).toMatch(/stopped\n$/);
  });
});

it(
  'baton worker refuses a server that is none of Baton, which no repetition makes one',
  TIMEOUT,
  async () => {
    const other = createServer((_request, response) => response.writeHead(404).end());
    await once(other.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void other.close());
    const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { options } = createProject();
    const { code, stderr } = await baton(['worker', '--server', address, ...options, '--json']);
    expect(code).toBe(5);
    expect(JSON.parse(stderr).error).toMatchObject({
      ...{ code: 'unavailable', retryable: false },
      message: expect.stringContaining('or it is no Baton server'),
    });
  },
);

describe.concurrent('baton worker refuses', TIMEOUT, () => {
  const anywhere = ['--server', 'http://127.0.0.1:9'];

  it.each<[string, number, readonly string[], string]>([
    [
      'a role that there is not',
      2,
      [...anywhere, '--roles', 'code_writer,writer'],
      'says how to perform q_assistant, code_writer, test_auditor, verification_overseer, release_manager',
    ],
    ['no server', 2, [], '--server (or BATON_SERVER): found nothing'],
    [
      'a host for no port',
      2,
      [...anywhere, '--health-host', '::1'],
      'goes with --health-port only',
    ],
    ['an address that is none', 2, ['--server', 'nonsense'], 'expected an address such as'],
    ['a server that does not answer', 5, anywhere, 'no work can be taken from http://127.0.0.1:9'],
    [
      'a limit of a role that it does not perform',
      2,
      [...anywhere, '--roles', 'code_writer', '--concurrency', 'test_auditor=1'],
      "found 'test_auditor'; expected one of code_writer",
    ],
  ])('%s', async (_, expected, args, words) => {
    const { options } = createProject();
    const { code, stdout, stderr } = await baton(['worker', ...options, ...args]);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toContain(words);
  });

  it('a role that the configuration says nothing of, and takes one that it does', async () => {
    const server = await startServer();
    const project = createProject();
    project.configure((config) => {
      config.roles = {};
    });
    const at = ['worker', '--server', server.address, ...project.options];
    const { code, stderr } = await baton([...at, '--roles', 'code_writer']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `found 'code_writer'; ${project.config} says how to perform test_auditor, verification_overseer, release_manager`,
    );
    const worker = await startWorker(server.address, project);
    expect((await worker.tells('started')).roles).toEqual([
      'test_auditor',
      'verification_overseer',
      'release_manager',
    ]);
  });

  it('a model without its key, unless its role is performed elsewhere', async () => {
    const server = await startServer();
    const project = createProject();
    project.configure((config) => {
      config.models = { gpt: { provider: 'openai', model: 'gpt-5', apiKeyEnv: 'OUR_KEY' } };
      config.roles.code_writer = { model: 'gpt' };
    });
    const { code, stderr } = await baton([
      'worker',
      '--server',
      server.address,
      ...project.options,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('the environment variable OUR_KEY is not set');
    await startWorker(server.address, project, ['--roles', 'q_assistant']);
  });

  it('a port for health that is taken', async () => {
    const server = await startServer();
    const { options } = createProject();
    const args = ['worker', '--server', server.address, ...options, '--health-port', server.port];
    const { code, stderr } = await baton(args);
    expect(code).toBe(5);
    expect(stderr).toContain(`health cannot be served on 127.0.0.1:${server.port}`);
  });
});
