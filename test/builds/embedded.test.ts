import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BuildOptions,
  composeRoles,
  diagnose,
  loadConfig,
  resumeBuild,
  runBuild,
  watchBuild,
} from '@baton/builds';
import type { WorkflowEvent } from '@baton/core';
import { expect, it } from 'vitest';
import { BATON_APPROVAL_TOKEN, BATON_HOME, createProject, TIMEOUT } from '../cli/harness.ts';

const REQUEST = 'Build me a greeting';
const ROOT = join(import.meta.dirname, '../..');

/** What a build in this process is begun with, and what it is heard to do. */
function embedding(project: ReturnType<typeof createProject>) {
  const events: WorkflowEvent[] = [];
  const { repo: workspace, config } = project;
  const options: BuildOptions = {
    request: REQUEST,
    workspace,
    config,
    env: { ...process.env, BATON_HOME, BATON_APPROVAL_TOKEN },
    observer: { happened: (event) => void events.push(event) },
  };
  return { options, events };
}

it('performs a whole build, which the command line then knows', TIMEOUT, async () => {
  const project = createProject();
  const { options, events } = embedding(project);
  const result = await runBuild(options);
  if (result.kind !== 'complete') throw new Error(`it is ${result.kind}`);
  expect(result.summary).toMatchObject({
    complete: true,
    retries: 1,
    deployedTo: 'file:///live.txt',
  });
  expect(result.handedOver).toMatchObject({ branch: expect.stringMatching(/^baton\//) });
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 2));
  const { workflowId } = result.summary;
  const seen: number[] = [];
  const { workspace, env } = options;
  for await (const { sequence } of watchBuild({ id: workflowId, workspace, env })) {
    seen.push(sequence);
  }
  expect(seen).toEqual([1, ...events.map(({ sequence }) => sequence)]);
  // The same call tells of it again, and performs nothing.
  const again = await runBuild(options);
  expect(again).toMatchObject({ kind: 'complete', summary: { workflowId } });
  expect(project.lines('deployed.log')).toHaveLength(1);
});

it('holds roles to the same protection as the command line', TIMEOUT, async () => {
  const project = createProject();
  mkdirSync(join(project.repo, 'acceptance'));
  writeFileSync(join(project.repo, 'acceptance/greets.txt'), 'hello\n');
  project.git('add', '.');
  project.git('commit', '--quiet', '--message', 'Say what is accepted');
  writeFileSync(
    join(project.folder, 'cheat.mjs'),
    `import { writeFileSync } from 'node:fs';
     export async function perform({ state }, { workspace }) {
       writeFileSync(workspace.path + '/acceptance/greets.txt', 'anything');
       return { kind: 'advance', result: { summary: 'x', requirements: ['x'] } };
     }`,
  );
  project.configure((config) => {
    config.workspace = { protected: ['acceptance/'] };
    config.roles.q_assistant = { module: './cheat.mjs' };
    config.limits = { maxRetries: 0, maxAttempts: 1 };
  });
  const result = await runBuild(embedding(project).options);
  expect(result).toMatchObject({
    kind: 'error',
    summary: { failure: { message: expect.stringContaining('no role may change acceptance/') } },
  });
});

it(
  'gives back what is under way when its signal aborts, and is gone on with',
  TIMEOUT,
  async () => {
    const project = createProject();
    project.steer({ implementation: 'hang' });
    const { options } = embedding(project);
    const stop = new AbortController();
    const running = runBuild({ ...options, signal: stop.signal });
    await project.hanging();
    stop.abort();
    const interrupted = await running;
    if (interrupted.kind !== 'interrupted') throw new Error(`it is ${interrupted.kind}`);
    project.steer({});
    const { workspace, env } = options;
    const result = await resumeBuild({ id: interrupted.workflowId, workspace, env });
    expect(result).toMatchObject({ kind: 'complete', summary: { complete: true } });
  },
);

it('begins nothing once its signal has aborted', async () => {
  const { options } = embedding(createProject());
  const build = runBuild({ ...options, signal: AbortSignal.abort() });
  await expect(build).rejects.toMatchObject({ code: 'cancelled' });
  const nothing = resumeBuild({ workspace: options.workspace, env: options.env });
  await expect(nothing).rejects.toMatchObject({ code: 'not_found' });
});

it('waits for a person, or asks the one who is here', TIMEOUT, async () => {
  const project = createProject();
  project.steer({ implementation: 'right' });
  project.configure((config) => {
    config.approvals = [{ from: 'handoff_to_releaser', to: 'deployment', by: ['grace'] }];
  });
  const { options } = embedding(project);
  const waiting = await runBuild(options);
  expect(waiting).toMatchObject({ kind: 'waiting', status: { awaiting: { kind: 'approval' } } });
  const asked: string[] = [];
  const result = await runBuild({
    ...options,
    userId: 'grace',
    people: ({ operations, person }) => ({
      look({ workflowId, awaiting }) {
        if (awaiting === undefined || asked.length > 0) return;
        asked.push(person);
        void operations.decideApproval({ workflowId, by: person, approved: true });
      },
      dispose: () => undefined,
    }),
  });
  expect(asked).toEqual(['grace']);
  expect(result).toMatchObject({ kind: 'complete' });
});

it('refuses what cannot be asked for, before anything is begun', async () => {
  const { options } = embedding(createProject());
  await expect(runBuild({ ...options, request: ' ' })).rejects.toMatchObject({
    violations: [{ field: 'request' }],
  });
  await expect(runBuild({ ...options, record: 'a', replay: 'b' })).rejects.toMatchObject({
    violations: [{ field: 'record' }],
  });
  await expect(runBuild({ ...options, another: true, buildId: 'b' })).rejects.toMatchObject({
    violations: [{ field: 'another' }],
  });
});

it('finds what keeps builds from working', TIMEOUT, async () => {
  const project = createProject();
  const { workspace, config, env } = embedding(project).options;
  const sound = await diagnose({ workspace, config, env });
  expect(sound.filter(({ verdict }) => verdict === 'problem')).toEqual([]);
  const heard: string[] = [];
  const run = (message: string) => void heard.push(message);
  const ran = await diagnose({ workspace, config, env, run });
  expect(heard.length).toBeGreaterThan(0);
  expect(ran.map(({ name }) => name)).toContain('run test');
  project.configure((written) => {
    written.commands.test.argv = ['no-such-program'];
  });
  const broken = await diagnose({ workspace, config, env });
  expect(broken.find(({ name }) => name === 'commands.test')).toMatchObject({ verdict: 'problem' });
});

it("makes the roles of a configuration for a runner of one's own", async () => {
  const { repo: workspace, config: file } = createProject();
  const config = await loadConfig(file);
  const roles = await composeRoles(config, { workspace });
  expect(roles.map(({ role }) => role)).toEqual([
    'q_assistant',
    'code_writer',
    'test_auditor',
    'verification_overseer',
    'release_manager',
  ]);
});

it('runs as the example shows', TIMEOUT, () => {
  const { repo, config, steer } = createProject();
  steer({ implementation: 'right' });
  const example = join(ROOT, 'examples/06-whole-build.ts');
  const argv = ['--conditions=baton-source', example, repo, config];
  const env = { ...process.env, BATON_HOME };
  const printed = execFileSync(process.execPath, argv, { encoding: 'utf8', env });
  expect(printed).toMatch(/^2 assignment_claimed\n/);
  expect(printed).toMatch(/\ncomplete \{\s+branch: 'baton\//);
});
