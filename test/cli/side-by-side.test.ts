import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baton, createProject, documents, TIMEOUT } from './harness.ts';

describe('builds side by side', TIMEOUT, () => {
  it('three on one repository complete, each with its own files, and without a lock in the way', async () => {
    const { options, kept, git, steer, repo } = createProject();
    steer({ implementation: 'sign' });
    const requests = ['Greet in English', 'Greet in French', 'Greet in Latin'];
    const runs = await Promise.all(
      requests.map((request) => baton(['run', request, ...options, '--json'])),
    );
    for (const { code, stderr } of runs) expect([code, stderr]).toEqual([0, '']);
    const all = runs.map(({ stdout }) => documents(stdout));
    expect(all.flat().filter(({ kind }) => ['trouble', 'following'].includes(kind))).toEqual([]);
    const ids = all.map(([opened]) => opened.status.workflowId);
    expect(new Set(ids).size).toBe(3);
    for (const [at, documentsOfRun] of all.entries()) {
      const { kind, summary } = documentsOfRun.at(-1);
      expect(kind).toBe('summary');
      // None saw a file of another one, so none was sent back.
      expect(summary).toMatchObject({ complete: true, retries: 0 });
      const worktree = join(kept.worktrees, ids[at]);
      expect(readFileSync(join(worktree, 'signature.txt'), 'utf8')).toBe(ids[at]);
      const names = git('ls-tree', '-r', '--name-only', `refs/baton/${ids[at]}`);
      expect(names.trim().split('\n')).toEqual(['greeting.txt', 'readme.md', 'signature.txt']);
    }
    expect(git('status', '--porcelain')).toBe('');
    expect(git('-C', repo, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
  });
});
