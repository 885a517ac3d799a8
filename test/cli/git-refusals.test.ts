import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baton, createProject, start, TIMEOUT } from './harness.ts';

/** A git that takes every repository for that of another user, as it finds them in containers. */
function withOtherOwner(folder: string): Record<string, string> {
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const script = `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec ${git} "$@"\n`;
  writeFileSync(join(bin, 'git'), script);
  chmodSync(join(bin, 'git'), 0o755);
  return { PATH: `${bin}:${process.env['PATH']}` };
}

describe.concurrent('what git refuses', TIMEOUT, () => {
  it.each([
    ['run', ['run', 'Greet'], 2],
    ['doctor', ['doctor'], 8],
    ['init', ['init', '--force'], 2],
  ])('is told in its own words, with its remedy: %s', async (_, args, code) => {
    const project = createProject();
    const env = withOtherOwner(project.folder);
    // Their own process: git is run in its environment.
    const ended = await start([...args, '--workspace', project.repo], { env }).ended;
    const said = ended.stdout + ended.stderr;
    expect(said).toContain(`detected dubious ownership in repository at '${project.repo}'`);
    expect(said).toContain(`git config --global --add safe.directory ${project.repo}`);
    expect(said).not.toContain('git init');
    expect(ended.code).toBe(code);
  });

  it('is not a missing repository, which git init makes', async () => {
    const { folder } = createProject();
    const { stderr, code } = await baton(['init', '--workspace', folder]);
    expect(stderr).toContain('it is not a git repository: run `git init`');
    expect(code).toBe(2);
  });
});
