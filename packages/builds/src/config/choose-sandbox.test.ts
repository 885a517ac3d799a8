import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { chooseSandbox } from './choose-sandbox.ts';
import { configSchema } from './config-schema.ts';

/** A configuration, and a PATH with a bwrap that ends with the code; without one for undefined. */
function setUp(
  sandbox: unknown,
  deploys: boolean,
  code: number | undefined,
  wanted = '',
  own = {},
) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  const script = `#!/bin/sh\necho "bubblewrap 9"\necho "no namespaces" >&2\nexit ${code}\n`;
  if (code !== undefined) writeFileSync(join(folder, 'bin/bwrap'), script, { mode: 0o755 });
  const run = { argv: ['true'], ...own };
  const deploying = { deploy: { ...run, target: 'x' }, smoke: [{ name: 'x', ...run }] };
  const document = configSchema.parse({
    roles: {},
    commands: { test: run, verify: [{ name: 'x', ...run }], ...(deploys && deploying) },
    sandbox,
  });
  const config = { ...document, path: 'baton.config.json' };
  return chooseSandbox(config, { PATH: join(folder, 'bin'), BATON_SANDBOX: wanted });
}

const onLinux = it.skipIf(process.platform !== 'linux');

onLinux.each([undefined, 'auto', 'bubblewrap', { kind: 'bubblewrap', memoryMiB: 64 }])(
  'is the one that is there for %o',
  async (sandbox) => {
    const { sandbox: chosen, found } = await setUp(sandbox, true, 0);
    expect([chosen.name, found]).toEqual(['bubblewrap', 'bubblewrap 9']);
  },
);

/** A PATH with an srt that claims to make a sandbox, enough for this test. */
function withSrt(document: object) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'srt'), '#!/bin/sh\necho 9.9\n', { mode: 0o755 });
  const config = { ...configSchema.parse(document), path: 'baton.config.json' };
  return chooseSandbox(config, { PATH: `${folder}:/usr/bin:/bin` });
}

const run = { argv: ['true'] };
const judged = { test: run, verify: [{ name: 'x', ...run }] };
const deployed = { ...judged, deploy: { ...run, target: 'x' }, smoke: [{ name: 'y', ...run }] };

it('is srt by name, where no command wants what it cannot give', async () => {
  const { sandbox } = await withSrt({ roles: {}, commands: judged, sandbox: 'srt' });
  expect(sandbox.name).toBe('srt');
  const refused = withSrt({ roles: {}, commands: deployed, sandbox: 'srt' });
  await expect(refused).rejects.toThrow(
    'deploy, smoke cannot run in srt: it gives no command the whole network: say in sandbox.network which hosts',
  );
  const listed = { kind: 'srt', network: ['live.example'] };
  const fine = await withSrt({ roles: {}, commands: deployed, sandbox: listed });
  expect(fine.sandbox.name).toBe('srt');
});

it('is none where that is asked for by name, whatever is there', async () => {
  const { sandbox, found } = await setUp('none', true, 0);
  expect(sandbox.name).toBe('none');
  expect(found).toBe(
    'none (by "sandbox" in baton.config.json): commands may do all that you may do',
  );
});

it.each([
  [{ kind: 'none', network: ['npm.example'] }, {}],
  ['none', { sandbox: { network: 'none' } }],
])('says that a list of hosts has no effect without one: %j', async (sandbox, own) => {
  const { found } = await setUp(sandbox, false, 0, '', own);
  expect(found).toContain('may do; sandbox.network has no effect');
});

onLinux('is none where there is none and nothing is deployed, which says why', async () => {
  const { sandbox, found } = await setUp(undefined, false, undefined);
  expect(sandbox.name).toBe('none');
  expect(found).toContain('bubblewrap is not installed: no bwrap on PATH');
});

onLinux.each<[string, unknown, boolean, number | undefined, string]>([
  ['builds deploy', undefined, true, undefined, 'builds that deploy need one'],
  ['it is asked for', 'bubblewrap', false, undefined, 'in baton.config.json asks for bubblewrap'],
  [
    'it may not be used',
    'bubblewrap',
    false,
    1,
    'no namespaces), and "sandbox" in baton.config.json asks for bubblewrap; let this user make user',
  ],
])('is refused where there is none and %s', async (_, sandbox, deploys, code, why) => {
  await expect(setUp(sandbox, deploys, code)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining(why),
    violations: [{ field: 'sandbox' }],
  });
});

it('is the one that BATON_SANDBOX names, whatever the configuration says', async () => {
  expect((await setUp('bubblewrap', true, undefined, 'none')).sandbox.name).toBe('none');
  await expect(setUp('none', false, undefined, 'chroot')).rejects.toMatchObject({
    message:
      'BATON_SANDBOX: found \'chroot\', expected auto, bubblewrap, srt, none; set BATON_SANDBOX to one of them, or unset it to go by "sandbox" in baton.config.json',
    legal: ['auto', 'bubblewrap', 'srt', 'none'],
  });
});

it.each(['0.0.0.0:3000', '127.0.0.2:80', '[::1]:80', '[::]'])(
  'lists no address of this machine but by a port of localhost: %s',
  (entry) => {
    const document = { roles: {}, commands: judged, sandbox: { network: [entry] } };
    const { error } = configSchema.safeParse(document);
    expect(error?.issues[0]?.message).toContain('is this machine: name a port of it as localhost:');
  },
);
