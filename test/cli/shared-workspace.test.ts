import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baton, createProject, documents, says, start, TIMEOUT } from './harness.ts';

describe.concurrent('workspace.remote', TIMEOUT, () => {
  it('has the checkpoint of every phase until the build is pruned', async () => {
    const { options, folder, git, repo, configure } = createProject();
    const remote = join(folder, 'remote.git');
    git('clone', '--quiet', '--bare', repo, remote);
    configure((config) => {
      config.workspace = { remote: './remote.git' };
    });
    const { code, stdout, stderr } = await baton(['run', 'Greet', ...options, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const { summary } = documents(stdout).at(-1);
    const refs = git('-C', remote, 'for-each-ref', '--format=%(refname)', 'refs/baton-shared');
    const own = refs.split('\n').filter((ref) => ref.includes(`/${summary.workflowId}/`));
    expect(own.length).toBeGreaterThanOrEqual(6);
    expect(refs).toContain(summary.checkpoint.commit);
    const kept = await baton(['prune', ...options]);
    expect(kept.stdout).toContain('its checkpoints on the remote stay for other machines');
    await baton(['prune', summary.workflowId, '--yes', ...options]);
    expect(git('-C', remote, 'for-each-ref', 'refs/baton-shared')).toBe('');
  });

  it('is told while it is away, and the build goes on when it is back', async () => {
    const { options, folder, git, repo, configure } = createProject();
    const remote = join(folder, 'remote.git');
    git('clone', '--quiet', '--bare', repo, `${remote}.away`);
    configure((config) => {
      config.workspace = { remote: './remote.git' };
    });
    const running = start(['run', 'Greet', ...options, '--json']);
    await says(running, '"kind":"trouble"');
    renameSync(`${remote}.away`, remote);
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    const troubles = documents(stdout).filter(({ kind }) => kind === 'trouble');
    expect(JSON.stringify(troubles)).toContain(`the git remote ${remote}: `);
  });
});
