import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../packages/adapters/src/testing/until.ts';
import {
  baton,
  createProject,
  documents,
  isRunning,
  type Project,
  says,
  start,
  startAtTerminal,
  TIMEOUT,
} from './harness.ts';

const REQUEST = 'Build me a greeting';

/** Every phase, as often as a build needs it: once, and once more what the failing test sends back. */
const ONCE = ['discovery', 'planning', 'implementation', 'implementation'];

const states = ({ lines }: Project) => lines('performed.log').map((line) => line.split(' ')[0]);

/** The one workflow that there is. */
async function only({ repo }: Project) {
  const { stdout } = await baton(['list', '--json'], { cwd: repo });
  const [{ workflows }] = documents(stdout);
  expect(workflows).toHaveLength(1);
  return workflows[0];
}

async function trail(project: Project) {
  const { workflowId } = await only(project);
  const watched = await baton(['watch', workflowId, '--json'], { cwd: project.repo });
  const events = documents(watched.stdout);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  return events;
}

describe.concurrent('a run that is killed in a role', TIMEOUT, () => {
  it('goes on with the same command, and does nothing twice', async () => {
    const project = createProject();
    const { options, steer, hanging, lines } = project;
    steer({ implementation: 'hang' });
    const run = start(['run', REQUEST, ...options]);
    await hanging();
    run.process.kill('SIGKILL');
    await run.ended;
    steer({});
    const { code, stdout } = await baton(['run', REQUEST, ...options]);
    expect(code).toBe(0);
    expect(stdout).toContain("goes on in 'implementation'");
    expect(lines('performed.log')).toEqual([
      'discovery 1',
      'planning 1',
      'implementation 1',
      'implementation 2',
      'implementation 1',
    ]);
    expect(lines('deployed.log')).toHaveLength(1);
    const events = await trail(project);
    expect(events.filter(({ type }) => type === 'attempt_failed')).toMatchObject([
      { data: { code: 'worker_died', attempt: 1 } },
    ]);
    // What the dead attempt left in the worktree is gone.
    const [{ workflowId }] = events;
    expect(existsSync(join(project.kept.worktrees, workflowId, 'half-done.txt'))).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')(
    'leaves no command behind that would go on writing',
    async () => {
      const project = createProject();
      const { options, steer, configure, hanging } = project;
      configure((config) => {
        config.roles.code_writer = { command: ['sh', '{config}/slow.sh', '{config}'] };
      });
      writeFileSync(
        join(project.folder, 'slow.sh'),
        'cat >/dev/null; touch "$1/hanging"; while :; do sleep 0.1; done',
      );
      const run = start(['run', REQUEST, ...options]);
      await hanging();
      const slow = join(project.folder, 'slow.sh');
      expect(isRunning(slow)).toBe(true);
      run.process.kill('SIGKILL');
      await run.ended;
      configure((config) => {
        config.roles.code_writer = { module: './voice.mjs' };
      });
      steer({});
      expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
      await until(() => !isRunning(slow));
    },
  );
});

describe.concurrent('a run that is interrupted', TIMEOUT, () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s gives the assignment back',
    async (signal) => {
      const project = createProject();
      const { options, steer, hanging } = project;
      steer({ discovery: 'hang' });
      const { ended, process } = start(['run', REQUEST, ...options]);
      await hanging();
      process.kill(signal);
      const { code, stdout } = await ended;
      expect(code).toBe(130);
      expect(stdout).toMatch(/Go on with: baton resume wf_\w+ --workspace/);
      expect(await only(project)).toMatchObject({ state: 'discovery', attempt: 0 });
      expect((await only(project)).claim).toBeUndefined();
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'by the end of its terminal gives the assignment back',
    async () => {
      const project = createProject();
      const { options, steer, hanging } = project;
      steer({ discovery: 'hang' });
      const run = startAtTerminal(['run', REQUEST, ...options]);
      await hanging();
      run.process.kill('SIGKILL');
      await expect.poll(async () => (await only(project)).claim).toBeUndefined();
      expect(await only(project)).toMatchObject({ state: 'discovery', attempt: 0 });
    },
  );

  it.each(['forget a promise', 'throw in a timer'])(
    'by a role that lets it %s gives the assignment back, and says so without secrets',
    async (how) => {
      const project = createProject();
      const { options, steer, configure } = project;
      steer({ discovery: how });
      configure((config) => {
        config.secrets = ['WORD'];
      });
      const env = { WORD: 'correct-horse-battery' };
      const { code, stdout, stderr } = await baton(['run', REQUEST, ...options], { env });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^error: uncaught error, thrown at .*voice\.mjs:\d+:\d+\)?: boom \[secret\] \[secret\]; a role must await every promise that it makes \(internal\)\n$/,
      );
      expect(stdout).toMatch(/Go on with: baton resume wf_/);
      expect(await only(project)).toMatchObject({ state: 'discovery', attempt: 0 });
      expect((await only(project)).claim).toBeUndefined();
    },
  );

  it('goes on with resume, and has nothing to resume in the end', async () => {
    const project = createProject();
    const { repo, options, steer, hanging, lines } = project;
    steer({ planning: 'hang' });
    const run = start(['run', REQUEST, ...options]);
    await hanging();
    run.process.kill('SIGINT');
    await run.ended;
    steer({});
    expect((await baton(['resume'], { cwd: repo })).code).toBe(0);
    expect(states(project)).toEqual(['discovery', 'planning', ...ONCE.slice(1)]);
    expect(lines('performed.log')[2]).toBe('planning 1');
    await trail(project);
    const nothing = await baton(['resume'], { cwd: repo });
    expect([nothing.code, nothing.stderr]).toEqual([
      3,
      expect.stringContaining('every build is complete'),
    ]);
  });
});

describe.concurrent('two runs of one build', TIMEOUT, () => {
  it('perform it once: the second follows, and says so', async () => {
    const project = createProject();
    const { options, lines, steer, hanging, folder } = project;
    steer({ planning: 'slow' });
    const first = start(['run', REQUEST, ...options]);
    await hanging();
    const second = start(['run', REQUEST, ...options]);
    await says(second, 'this one follows');
    writeFileSync(join(folder, 'go'), '');
    const [one, two] = await Promise.all([first.ended, second.ended]);
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(two.stdout).toMatch(/process \d+ on \S+ runs this build: this one follows/);
    expect(one.stdout).not.toContain('this one follows');
    expect(two.stdout).toContain('is complete');
    expect(two.stdout).not.toContain('the other process is gone');
    expect(states(project)).toEqual(ONCE);
    expect(lines('deployed.log')).toHaveLength(1);
  });

  it('go on when the first is killed: the second takes over', async () => {
    const project = createProject();
    const { options, steer, hanging, lines } = project;
    steer({ planning: 'hang' });
    const first = start(['run', REQUEST, ...options]);
    await hanging();
    steer({});
    const second = start(['run', REQUEST, ...options, '--json']);
    await says(second, '"following"');
    first.process.kill('SIGKILL');
    const { code, stdout } = await second.ended;
    expect(code).toBe(0);
    expect(documents(stdout).map(({ kind }) => kind)).toContain('took_over');
    expect(lines('performed.log').slice(1, 3)).toEqual(['planning 1', 'planning 2']);
    expect(lines('deployed.log')).toHaveLength(1);
  });
});
