import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baton, createProject, type Project, TIMEOUT } from './harness.ts';

const REQUEST = 'Build me a greeting';

async function aCompleteBuild(): Promise<Project & { readonly at: readonly string[] }> {
  const project = createProject();
  const { code, stderr } = await baton(['run', REQUEST, ...project.options, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return { ...project, at: ['--workspace', project.repo] };
}

describe.concurrent('baton take', TIMEOUT, () => {
  it('puts the work into index and files, for the user to commit', async () => {
    const { git, at } = await aCompleteBuild();
    const { code, stdout } = await baton(['take', '--squash', ...at]);
    expect(code).toBe(0);
    expect(stdout).toContain('The work is staged: 1 file.');
    expect(git('status', '--porcelain')).toBe('A  greeting.txt\n');
    expect(git('show', ':greeting.txt')).toBe('hello\n');
    expect((await baton(['take', '--squash', ...at])).code).toBe(0);
    expect(git('status', '--porcelain')).toBe('A  greeting.txt\n');
  });

  it('rebases its branch where the user has gone on', async () => {
    const { git, at, repo } = await aCompleteBuild();
    writeFileSync(join(repo, 'more.md'), 'More.\n');
    git('add', '.');
    git('commit', '--quiet', '--message', 'Go on');
    const { code, stdout } = await baton(['take', ...at]);
    expect(code).toBe(0);
    const [, branch = ''] = /switch (\S+)/.exec(stdout) ?? [];
    expect(git('rev-parse', `${branch}^`)).toBe(git('rev-parse', 'HEAD'));
    expect(git('diff', '--name-status', `HEAD..${branch}`)).toBe('A\tgreeting.txt\n');
  });

  it('names what was changed on both sides, and changes nothing', async () => {
    const { git, at, repo } = await aCompleteBuild();
    writeFileSync(join(repo, 'greeting.txt'), 'good day\n');
    git('add', '.');
    git('commit', '--quiet', '--message', 'Greet otherwise');
    const { code, stdout } = await baton(['take', '--squash', ...at]);
    expect(code).toBe(4);
    expect(stdout).toContain('  greeting.txt\nNothing was changed.');
    expect(git('status', '--porcelain')).toBe('');
    expect(readFileSync(join(repo, 'greeting.txt'), 'utf8')).toBe('good day\n');
  });

  it('writes a patch that git applies', async () => {
    const { git, at, folder } = await aCompleteBuild();
    const file = join(folder, 'work.patch');
    expect((await baton(['take', '--patch', file, ...at])).code).toBe(0);
    git('apply', '--index', file);
    expect(git('status', '--porcelain')).toBe('A  greeting.txt\n');
  });

  it('hands over no work that was not verified to the end', async () => {
    const { options, repo, steer } = createProject();
    steer({ discovery: 'fail' });
    const run = await baton(['run', REQUEST, ...options]);
    const [, id = ''] = /Build (\S+) in/.exec(run.stdout) ?? [];
    const none = await baton(['take', '--workspace', repo]);
    const named = await baton(['take', id, '--workspace', repo]);
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('nothing to take')]);
    expect([named.code, named.stderr]).toEqual([4, expect.stringContaining("is in 'error'")]);
  });
});
