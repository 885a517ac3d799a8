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
