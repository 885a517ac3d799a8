import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createGitWorkspaceProvider } from './git-workspace-provider.ts';
import { createTestRepository } from './testing/test-repository.ts';

test('a new build that several open at once is opened by all, one after another', async () => {
  for (let round = 0; round < 3; round += 1) {
    const repository = createTestRepository();
    const openings = Array.from({ length: 4 }, () => repository.provider().open('w', undefined));
    const digests = (await Promise.all(openings)).map((workspace) => workspace.digest());
    expect(new Set(await Promise.all(digests)).size).toBe(1);
    expect(repository.git(['rev-list', '--count', 'HEAD..refs/baton/w']).trim()).toBe('1');
    expect(repository.git(['worktree', 'list']).trim().split('\n')).toHaveLength(1);
  }
});

test('what another process has locked is waited for, and free when that is killed', async () => {
  const repository = createTestRepository();
  const { path, env } = repository;
  await repository.provider().open('v', undefined);
  const lock = new URL('../files/lock.ts', import.meta.url).href;
  const code = `
    import { withLock } from ${JSON.stringify(lock)};
    await withLock(${JSON.stringify(repository.build('w').lock)}, 0, async () => {
      console.log('locked');
      for await (const _ of process.stdin);
    });
  `;
  const args = ['--conditions=baton-source', '--no-warnings', '--input-type=module', '-e', code];
  const holder = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  const impatient = createGitWorkspaceProvider({ repository: path, env, lockWaitMs: 50 });
  await expect(impatient.open('w', undefined)).rejects.toMatchObject({
    code: 'unavailable',
    retryable: true,
    message: expect.stringContaining('locked'),
  });
  const opening = repository.provider().open('w', undefined);
  await sleep(200);
  expect(existsSync(repository.build('w').worktree)).toBe(false);
  holder.kill('SIGKILL');
  await opening;
});

test.each([
  ['a command', { 'filter.secret.smudge': 'no-such-tool %f' }],
  ['a process', { 'filter.secret.process': 'no-such-tool' }],
])(
  'a filter that the repository requires and that is not installed, %s, is not waited for',
  async (_, config) => {
    const repository = createTestRepository({ '.gitattributes': '*.key filter=secret\n' });
    repository.commit({ 'a.key': 'k\n' });
    for (const [name, value] of Object.entries({ ...config, 'filter.secret.required': 'true' })) {
      repository.git(['config', name, value]);
    }
    await expect(repository.provider().open('w', undefined)).rejects.toMatchObject({
      code: 'invalid_input',
      retryable: false,
      message: expect.stringMatching(
        /requires the filter (?:secret|no-such-tool), whose program is not there/,
      ),
    });
  },
);
