import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { serveHttp } from './testing/http-remote.ts';
import { by, createSharedBuild } from './testing/shared-build.ts';
import { type TestRepository, writeFiles } from './testing/test-repository.ts';

const CREDENTIALS = { username: 'ada', password: 'hunter2' };
const HELPER = '!f() { echo username=ada; echo password=hunter2; }; f';

async function overHttp() {
  const { remote, one, other } = createSharedBuild();
  const server = await serveHttp(remote.path, CREDENTIALS);
  for (const { git } of [one, other]) git(['config', 'credential.helper', HELPER]);
  const on = ({ provider }: TestRepository) => provider({}, { remote: server.address });
  return { remote, server, one, other, on };
}

test("builds travel over HTTP with the user's credential helper", async () => {
  const { remote, one, other, on } = await overHttp();
  const workspace = await on(one).open('w', undefined);
  // Larger than what git posts in one piece.
  writeFiles(workspace.path, { 'large.bin': randomBytes(3_000_000), 'a.txt': 'two\n' });
  const checkpoint = await workspace.checkpoint('after implementation');
  await workspace.publish?.(checkpoint, by(1, 1));
  expect(remote.shared()).toHaveLength(1);
  const opened = await on(other).open('w', checkpoint);
  expect(await opened.digest()).toBe(checkpoint.digest);
});

test.each([403, 404, 500, 503])(
  'a server that answers %i is a remote that is away',
  async (status) => {
    const { remote, server, one, other, on } = await overHttp();
    const workspace = await on(one).open('w', undefined);
    const checkpoint = await workspace.checkpoint('after discovery');
    const away = {
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining(`the git remote ${server.address}: `),
    };
    server.answerWith(status);
    await expect(workspace.publish?.(checkpoint, by(1, 1))).rejects.toMatchObject(away);
    await expect(on(other).open('w', checkpoint)).rejects.toMatchObject(away);
    server.answerWith(undefined);
    await workspace.publish?.(checkpoint, by(1, 1));
    expect(remote.shared()).toHaveLength(1);
    expect(await (await on(other).open('w', checkpoint)).digest()).toBe(checkpoint.digest);
  },
);

test('without a credential git asks for none, and the message says that there is none', async () => {
  const { server, one, on } = await overHttp();
  one.git(['config', 'credential.helper', '']);
  one.git(['config', 'core.askPass', 'sleep 1000; echo']);
  const workspace = await on(one).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  await expect(workspace.publish?.(checkpoint, by(1, 1))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/could not read Username|Authentication failed/),
  });
  expect(server.asked).not.toEqual([]);
});

test('a password that the settings of the user put into the address is in no message', async () => {
  const { server, one, on } = await overHttp();
  one.git(['config', 'credential.helper', '']);
  const secret = server.address.replace('http://', 'http://ada:wrong-hunter@');
  one.git(['config', `url.${secret}.insteadOf`, server.address]);
  const workspace = await on(one).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  const reason = await workspace.publish?.(checkpoint, by(1, 1)).catch((thrown) => thrown);
  expect(reason).toMatchObject({ code: 'unavailable' });
  expect(`${reason.message} ${JSON.stringify(reason.metadata)}`).not.toContain('wrong-hunter');
});

test('settings of the user cannot lead a remote to another transport', async () => {
  const { server, one, on } = await overHttp();
  one.git(['config', 'url.ext::touch /nowhere.insteadOf', server.address]);
  one.git(['config', 'protocol.ext.allow', 'always']);
  const workspace = await on(one).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after discovery');
  await expect(workspace.publish?.(checkpoint, by(1, 1))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining("transport 'ext' not allowed"),
  });
});
