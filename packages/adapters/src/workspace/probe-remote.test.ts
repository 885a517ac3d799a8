import { chmodSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { probeRemote } from './probe-remote.ts';
import { by, createSharedBuild, type SharedBuild } from './testing/shared-build.ts';

const probe = ({ remote, one }: SharedBuild) =>
  probeRemote({ repository: one.path, remote: remote.path, env: one.env });

function refuse({ remote }: SharedBuild, condition: string): void {
  const hook = join(remote.path, 'hooks', 'update');
  writeFileSync(hook, `#!/bin/sh\nif ${condition}; then echo not you >&2; exit 1; fi\n`);
  chmodSync(hook, 0o755);
}

test('a remote that works is told with what it has, and is left as it was', async () => {
  const shared = createSharedBuild();
  const { remote, one } = shared;
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  await workspace.publish?.(await workspace.checkpoint('after discovery'), by(1, 1));
  const look = () => [
    remote.shared(),
    one.git(['count-objects', '-v']),
    readdirSync(join(one.path, '.git')),
  ];
  const before = look();
  expect(await probe(shared)).toEqual({ workflowIds: ['w'] });
  expect(look()).toEqual(before);
});

test('a remote that is away is told', async () => {
  const shared = createSharedBuild();
  renameSync(shared.remote.path, `${shared.remote.path}.away`);
  await expect(probe(shared)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('does not appear to be a git repository'),
  });
});

test.each([
  ['create', '[ "$3" != 0000000000000000000000000000000000000000 ]'],
  ['delete', '[ "$3" = 0000000000000000000000000000000000000000 ]'],
])('a remote on which this user cannot %s a ref is told', async (what, condition) => {
  const shared = createSharedBuild();
  refuse(shared, condition);
  await expect(probe(shared)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(
      new RegExp(`it did not ${what} refs/baton-shared/probe-.*not you`, 's'),
    ),
  });
});
