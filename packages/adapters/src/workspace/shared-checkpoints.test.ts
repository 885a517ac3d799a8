import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { by, createSharedBuild } from './testing/shared-build.ts';
import { cloneTestRepository, writeFiles } from './testing/test-repository.ts';

test('two machines take phases of a build in turns, each with exactly the files of the other', async () => {
  const { remote, one, other } = createSharedBuild({ 'a.txt': 'one\n', 'run.sh': '#!/bin/sh\n' });
  const machines = [one, other].map((at) => at.provider({}, { remote: remote.path }));
  const steps: Record<string, string>[] = [
    { 'a.txt': 'changed\n', 'deep/b.txt': 'b\n' },
    { 'a.txt': 'again\n' },
    { 'c.txt': 'crlf\r\n' },
    { 'deep/b.txt': '' },
  ];
  let checkpoint: { commit: string; digest: string } | undefined;
  for (const [at, files] of steps.entries()) {
    const workspace = await machines[at % 2]?.open('w', checkpoint);
    if (workspace === undefined) throw new Error('no machine');
    if (checkpoint !== undefined) expect(await workspace.digest()).toBe(checkpoint.digest);
    writeFiles(workspace.path, files);
    checkpoint = await workspace.checkpoint(`after ${at}`);
    await workspace.publish?.(checkpoint, by(1, 1));
  }
  const judged = await machines[0]?.open('w', checkpoint, 'judge');
  expect(await judged?.digest()).toBe(checkpoint?.digest);
  expect(readFileSync(join(judged?.path ?? '', 'a.txt'), 'utf8')).toBe('again\n');
  expect(await judged?.changedFiles('start')).toEqual(['a.txt', 'c.txt', 'deep/b.txt']);
  expect(await judged?.labelOf?.('c.txt')).toBe('after 2');
  expect(remote.shared()).toHaveLength(4);
});

test('a ref of the remote names the workflow, the epoch, the attempt and its commit', async () => {
  const { remote, one } = createSharedBuild();
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  await workspace.publish?.(checkpoint, by(3, 2));
  await workspace.publish?.(checkpoint, by(3, 2));
  const { commit } = checkpoint;
  expect(remote.shared()).toEqual([`refs/baton-shared/w/3/2/${commit} ${commit}`]);
});

test('a machine that takes over has the build, though it began one of its own', async () => {
  const { remote, one, other } = createSharedBuild();
  const [first, second] = [one, other].map((at) => at.provider({}, { remote: remote.path }));
  await second?.open('w', undefined);
  const workspace = await first?.open('w', undefined);
  writeFiles(workspace?.path ?? '', { 'a.txt': 'two\n' });
  const checkpoint = await workspace?.checkpoint('after discovery');
  if (checkpoint === undefined) throw new Error('no checkpoint');
  await workspace?.publish?.(checkpoint, by(1, 1));
  const taken = await second?.open('w', checkpoint);
  expect(await taken?.digest()).toBe(checkpoint.digest);
});

test('a worker that was superseded publishes late, and changes nothing of the others', async () => {
  const { remote, one, other } = createSharedBuild();
  const late = await one.provider({}, { remote: remote.path }).open('w', undefined);
  writeFiles(late.path, { 'a.txt': 'late\n' });
  const lateOne = await late.checkpoint('after discovery');
  const current = await other.provider({}, { remote: remote.path }).open('w', undefined);
  writeFiles(current.path, { 'a.txt': 'current\n' });
  const checkpoint = await current.checkpoint('after discovery');
  await current.publish?.(checkpoint, by(1, 2));
  const before = remote.shared();
  await late.publish?.(lateOne, by(1, 1));
  expect(remote.shared()).toEqual(expect.arrayContaining([...before]));
  const third = cloneTestRepository(remote.path).provider({}, { remote: remote.path });
  const opened = await third.open('w', checkpoint);
  expect(readFileSync(join(opened.path, 'a.txt'), 'utf8')).toBe('current\n');
});

test('a checkpoint that the remote lacks is refused, and opened once it is there', async () => {
  const { remote, one, other } = createSharedBuild();
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  const opening = () => other.provider({}, { remote: remote.path }).open('w', checkpoint);
  await expect(opening()).rejects.toMatchObject({
    code: 'unavailable',
    retryable: true,
    message: expect.stringContaining(`lacks the checkpoint ${checkpoint.commit}`),
  });
  expect(existsSync(other.build('w').worktree)).toBe(false);
  await workspace.publish?.(checkpoint, by(1, 1));
  expect(await (await opening()).digest()).toBe(checkpoint.digest);
});

test('a ref that leads to another object is refused, and publishing does not move it', async () => {
  const { remote, one, other } = createSharedBuild();
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  const ref = `refs/baton-shared/w/1/1/${checkpoint.commit}`;
  const wrong = remote.git('rev-parse', 'HEAD').trim();
  remote.git('update-ref', ref, wrong);
  await expect(workspace.publish?.(checkpoint, by(1, 1))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('it has another object there'),
  });
  expect(remote.shared()).toEqual([`${ref} ${wrong}`]);
  const opening = other.provider({}, { remote: remote.path }).open('w', checkpoint);
  await expect(opening).rejects.toMatchObject({
    code: 'data_loss',
    retryable: true,
    message: expect.stringContaining(`expected ${ref} to be the checkpoint ${checkpoint.commit}`),
  });
});

test('a checkpoint that has another digest than the store names is refused', async () => {
  const { remote, one, other } = createSharedBuild();
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  await workspace.publish?.(checkpoint, by(1, 1));
  const forged = { ...checkpoint, digest: '0'.repeat(40) };
  const opening = other.provider({}, { remote: remote.path }).open('w', forged);
  await expect(opening).rejects.toMatchObject({ code: 'data_loss' });
});

test('a remote that goes away and comes back has every checkpoint again', async () => {
  const { remote, one } = createSharedBuild();
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  renameSync(remote.path, `${remote.path}.away`);
  await expect(workspace.publish?.(checkpoint, by(1, 1))).rejects.toMatchObject({
    code: 'unavailable',
    retryable: true,
    message: expect.stringContaining(remote.path),
  });
  renameSync(`${remote.path}.away`, remote.path);
  await workspace.publish?.(checkpoint, by(1, 1));
  expect(remote.shared()).toHaveLength(1);
});

test('what a hook of the remote says is told when it refuses a checkpoint', async () => {
  const { remote, one } = createSharedBuild();
  const hook = join(remote.path, 'hooks', 'pre-receive');
  writeFileSync(hook, '#!/bin/sh\necho the disk is full >&2\nexit 1\n');
  chmodSync(hook, 0o755);
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  await expect(workspace.publish?.(checkpoint, by(1, 1))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/pre-receive hook declined.*the disk is full/s),
  });
  expect(remote.shared()).toEqual([]);
});

test('hooks and settings of the user add nothing to what is pushed and fetched', async () => {
  const { remote, one, other } = createSharedBuild();
  const ran = join(one.home, 'hook-ran');
  for (const { path, git } of [one, other]) {
    for (const hook of ['pre-push', 'reference-transaction', 'post-merge']) {
      const place = join(path, '.git', 'hooks', hook);
      writeFileSync(place, `#!/bin/sh\necho ${hook} >> '${ran}'\n`, { mode: 0o755 });
    }
    git(['tag', '--annotate', 'mine', '--message', 'mine']);
    git(['config', 'push.followTags', 'true']);
    git(['config', 'push.gpgSign', 'true']);
    git(['config', 'push.pushOption', 'ci.skip']);
    git(['config', 'fetch.prune', 'true']);
  }
  writeFileSync(ran, '');
  const look = () => [
    other.git(['for-each-ref', 'refs/heads', 'refs/tags', 'refs/remotes']),
    existsSync(join(other.path, '.git', 'FETCH_HEAD')),
  ];
  const before = look();
  const refs = remote.git('for-each-ref', 'refs/heads', 'refs/tags');
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  await workspace.publish?.(checkpoint, by(1, 1));
  await other.provider({}, { remote: remote.path }).open('w', checkpoint);
  expect(remote.git('for-each-ref', 'refs/heads', 'refs/tags')).toBe(refs);
  expect(look()).toEqual(before);
  expect(readFileSync(ran, 'utf8')).toBe('');
});

test('work is handed over and taken on a machine that has seen nothing of the build', async () => {
  const { remote, one, other } = createSharedBuild();
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  writeFiles(workspace.path, { 'b.txt': 'new\n' });
  const checkpoint = await workspace.checkpoint('after deployment');
  await workspace.publish?.(checkpoint, by(1, 1));
  const asked = { workflowId: 'w', checkpoint, branch: 'baton/work', message: 'Work', at: 0 };
  const handed = await one.provider({}, { remote: remote.path }).handOver(asked);
  const taken = await other.provider({}, { remote: remote.path }).take(asked, 'squash');
  expect(taken).toMatchObject({ kind: 'squash', files: ['b.txt'] });
  expect(other.git(['rev-parse', 'baton/work^{tree}'])).toBe(
    one.git(['rev-parse', `${handed.commit}^{tree}`]),
  );
});

test('a machine whose git converts files in another way refuses to open the build', async () => {
  const { remote, one, other } = createSharedBuild({
    '.gitattributes': '*.txt text\n',
    'a.txt': 'one\n',
  });
  other.git(['config', 'core.eol', 'crlf']);
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  await workspace.publish?.(checkpoint, by(1, 1));
  const opening = other.provider({}, { remote: remote.path }).open('w', checkpoint);
  await expect(opening).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('git converts files in another way'),
  });
});

test('a signal ends a push that hangs', async () => {
  const { remote, one } = createSharedBuild();
  const hook = join(remote.path, 'hooks', 'pre-receive');
  const began = join(one.home, 'began');
  writeFileSync(hook, `#!/bin/sh\ntouch '${began}'\nsleep 1000\n`);
  chmodSync(hook, 0o755);
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  const ending = new AbortController();
  const publishing = workspace.publish?.(checkpoint, {
    epoch: 1,
    attempt: 1,
    signal: ending.signal,
  });
  await expect.poll(() => existsSync(began)).toBe(true);
  ending.abort(new Error('enough'));
  await expect(publishing).rejects.toThrow('enough');
});

test('a command of the remote that takes too long is ended, and can be tried again', async () => {
  const { remote, one } = createSharedBuild();
  const hook = join(remote.path, 'hooks', 'pre-receive');
  writeFileSync(hook, '#!/bin/sh\nsleep 1000\n');
  chmodSync(hook, 0o755);
  const options = { remote: remote.path, remoteTimeoutMs: 1000 };
  const workspace = await one.provider({}, options).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  await expect(workspace.publish?.(checkpoint, by(1, 1))).rejects.toMatchObject({
    code: 'unavailable',
    retryable: true,
    message: expect.stringContaining('no answer in 1000 ms'),
  });
});

test('a build that changed a file of Git LFS is not published, for its content would stay behind', async () => {
  const { remote, one } = createSharedBuild({ '.gitattributes': '*.big filter=lfs\n' });
  const pointer = (digit: string) =>
    `version https://git-lfs.github.com/spec/v1\noid sha256:${digit.repeat(64)}\nsize 5\n`;
  for (const what of ['clean', 'smudge']) one.git(['config', `filter.lfs.${what}`, 'cat']);
  one.commit({ 'old.big': pointer('1') });
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  const before = await workspace.checkpoint('after discovery');
  await workspace.publish?.(before, by(1, 1));
  writeFiles(workspace.path, { 'new.big': pointer('2') });
  const checkpoint = await workspace.checkpoint('after implementation');
  await expect(workspace.publish?.(checkpoint, by(1, 1))).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('the build changed new.big'),
  });
  expect(remote.shared()).toHaveLength(1);
});

test('a provider refuses an address that git would run as a program', () => {
  const { one } = createSharedBuild();
  expect(() => one.provider({}, { remote: 'ext::sh -c true' })).toThrow("transport 'ext'");
});
