import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { baton, createProject, documents, TIMEOUT } from './harness.ts';

it('builds are found from every folder of their repository', TIMEOUT, async () => {
  const { repo, options, steer } = createProject();
  steer({ discovery: 'fail' });
  await baton(['run', 'Build me a greeting', ...options]);
  const cwd = join(repo, 'src/deep');
  mkdirSync(cwd, { recursive: true });
  const listed = await baton(['list', '--json'], { cwd });
  expect([listed.code, listed.stderr]).toEqual([0, '']);
  const [{ workflows }] = documents(listed.stdout);
  expect(workflows).toHaveLength(1);
  const { workflowId } = workflows[0];
  const shown = await baton(['status', workflowId, '--json'], { cwd });
  expect(documents(shown.stdout)[0]).toMatchObject({ workflowId, state: 'error' });
  const resumed = await baton(['resume', workflowId], { cwd });
  expect(resumed.stderr).not.toContain('no build');
});

it(
  'what only looks shows the newest build of the workspace when none is named',
  TIMEOUT,
  async () => {
    const { repo, options, steer } = createProject();
    const none = await baton(['status', '--workspace', repo]);
    expect([none.code, none.stdout]).toEqual([3, '']);
    steer({ discovery: 'fail' });
    await baton(['run', 'Build me a greeting', ...options]);
    await baton(['run', 'Build me another', ...options, '--new']);
    const listed = await baton(['list', '--json', '--workspace', repo]);
    const newest = documents(listed.stdout)[0].workflows.at(-1);
    const shown = await baton(['status', '--workspace', repo]);
    expect(shown.stdout).toContain(newest.workflowId);
    expect(shown.stderr).toContain(`of 2 builds the newest, ${newest.workflowId}`);
    const history = await baton(['history', '--json', '--workspace', repo]);
    expect(documents(history.stdout)[0].handoffs).toEqual([]);
    const watched = await baton(['watch', '--no-follow', '--json', '--workspace', repo]);
    expect(documents(watched.stdout)[0]).toMatchObject({ workflowId: newest.workflowId });
  },
);
