import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { by, createSharedBuild } from './testing/shared-build.ts';
import { cloneTestRepository } from './testing/test-repository.ts';

/** An ssh that runs the command on this machine, and writes down what it was given. */
function fakeSsh(folder: string): { readonly path: string; readonly log: string } {
  mkdirSync(folder, { recursive: true });
  const [path, log] = [join(folder, 'ssh'), join(folder, 'log')];
  const script = `#!/bin/sh
for last; do :; done
echo "$*" >> '${log}'
test -t 0 && echo terminal >> '${log}'
(: < /dev/tty) 2>> /dev/null && echo terminal >> '${log}'
exec sh -c "$last"
`;
  writeFileSync(path, script, { mode: 0o755 });
  return { path, log };
}

test.each(['scp', 'url'])('builds travel over ssh, which asks no questions (%s)', async (kind) => {
  const { remote, one, other } = createSharedBuild();
  const ssh = fakeSsh(join(one.home, 'bin'));
  const PATH = [join(one.home, 'bin'), one.env['PATH']].join(delimiter);
  const address =
    kind === 'scp' ? `git@example.com:${remote.path}` : `ssh://git@example.com${remote.path}`;
  const on = (at: typeof one) => at.provider({ PATH }, { remote: address });
  const workspace = await on(one).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  await workspace.publish?.(checkpoint, by(1, 1));
  expect(await (await on(other).open('w', checkpoint)).digest()).toBe(checkpoint.digest);
  const log = readFileSync(ssh.log, 'utf8');
  expect(log).toContain('-o BatchMode=yes');
  expect(log).toContain('git@example.com git-receive-pack');
  expect(log).not.toContain('terminal');
});

test('the ssh that the user has set up is used as it is', async () => {
  const { remote, one } = createSharedBuild();
  const ssh = fakeSsh(join(one.home, 'own'));
  one.git(['config', 'core.sshCommand', `${ssh.path} -i key`]);
  const provider = one.provider({}, { remote: `git@example.com:${remote.path}` });
  const workspace = await provider.open('w', undefined);
  await workspace.publish?.(await workspace.checkpoint('after discovery'), by(1, 1));
  const log = readFileSync(ssh.log, 'utf8');
  expect(log).toContain('-i key');
  expect(log).not.toContain('BatchMode');
});

test('a shallow clone takes part', async () => {
  const { remote, one, other } = createSharedBuild();
  other.commit({ 'a.txt': 'later\n' });
  other.git(['push', '--quiet', 'origin', 'HEAD:main']);
  one.git(['pull', '--quiet', 'origin', 'main']);
  const shallow = cloneTestRepository(`file://${remote.path}`, '--depth=1');
  const [first, second] = [one, shallow].map((at) => at.provider({}, { remote: remote.path }));
  const workspace = await first?.open('w', undefined);
  const checkpoint = await workspace?.checkpoint('after discovery');
  if (checkpoint === undefined) throw new Error('no checkpoint');
  await workspace?.publish?.(checkpoint, by(1, 1));
  const next = await second?.open('w', checkpoint);
  const later = await next?.checkpoint('after planning');
  if (later === undefined) throw new Error('no checkpoint');
  await next?.publish?.(later, by(1, 1));
  expect(await (await first?.open('w', later))?.digest()).toBe(later.digest);
  expect(shallow.git(['rev-parse', '--is-shallow-repository']).trim()).toBe('true');
});
