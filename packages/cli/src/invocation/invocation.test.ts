import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { invocationOf } from './invocation.ts';

function createFolder() {
  const folder = temporaryFolder();
  const write = (path: string, text = '', mode = 0o755): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };
  const link = (path: string, target: string): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(target, join(folder, path));
    return join(folder, path);
  };
  return { folder, write, link };
}

const started = (
  program: string,
  { env = {}, ...more }: Partial<Parameters<typeof invocationOf>[0]> = {},
) =>
  invocationOf({
    env,
    program,
    path: '/nowhere',
    cwd: '/',
    execPath: '/n/node',
    execArgv: [],
    ...more,
  });

function scriptOf(root: string, more: Record<string, string> = {}) {
  return {
    npm_package_json: join(root, 'package.json'),
    npm_package_name: 'baton',
    npm_config_user_agent: 'pnpm/12.21.0 npm/? node/? linux x64',
    npm_execpath: '/me/.npm/_npx/9c7067c5737e830f/node_modules/pnpm/pnpm',
    INIT_CWD: root,
    ...more,
  };
}

test('the script of a clone is typed as it was, from elsewhere with its folder', () => {
  const { folder, write } = createFolder();
  const program = write("it's here/main.js");
  const root = dirname(program);
  const npx = started(program, { env: scriptOf(root) });
  expect(npx).toBe('npx -y pnpm@12 baton');
  const elsewhere = started(program, { env: scriptOf(root, { INIT_CWD: folder }) });
  expect(elsewhere).toBe(`npx -y pnpm@12 --dir '${folder}/it'\\''s here' baton`);
  const env = scriptOf(root, { npm_execpath: '/usr/lib/pnpm' });
  // Corepack's pnpm is on no PATH.
  expect(started(program, { env })).toBe('npx -y pnpm@12 baton');
  write('bin/pnpm');
  expect(started(program, { env, path: join(folder, 'bin') })).toBe('pnpm baton');
  const npm = scriptOf(root, { npm_config_user_agent: 'npm/11.19.1 node/v24' });
  expect(started(program, { env: npm })).toBe('npm run --silent baton --');
});

test('what is installed is called by its name, if that leads here', () => {
  const { folder, write, link } = createFolder();
  const program = write('lib/node_modules/@baton/cli/dist/main.js');
  const bin = link('bin/baton', program);
  const path = join(folder, 'bin');
  expect(started(bin, { path })).toBe('baton');
  const script = write('scripts/baton', `#!/bin/sh\nexec node ${program} "$@"\n`);
  expect(started(program, { path: dirname(script) })).toBe('baton');
  const other = write('other/baton', '#!/bin/sh\necho 1\n');
  expect(started(program, { path: dirname(other) })).toBe(`/n/node ${program}`);
});

test('through a runner it is what that was asked for, and never the package of others', () => {
  const { folder, write, link } = createFolder();
  const program = write('_npx/1/node_modules/@baton/cli/main.js');
  const bin = link('_npx/1/node_modules/.bin/baton', program);
  const env = { npm_config_user_agent: 'npm/11.19.1 node/v24', npm_command: 'exec' };
  const asked = (...packages: readonly string[]) =>
    write('_npx/1/package.json', JSON.stringify({ _npx: { packages } }));
  expect(started(bin, { env })).toBe('npx @baton/cli');
  asked('@baton/cli@1.2');
  expect(started(bin, { env: { ...env, npm_config_yes: 'true' } })).toBe('npx -y @baton/cli@1.2');
  asked(`${folder}/cli.tgz`);
  expect(started(bin, { env })).toBe(`npx --package=${folder}/cli.tgz baton`);
  const local = link('app/node_modules/.bin/baton', program);
  expect(started(local, { env })).toBe('npx @baton/cli');
  const by = (agent: string, command: string) =>
    started(program, { env: { npm_config_user_agent: agent, npm_command: command } });
  expect(by('pnpm/12.0.0', 'dlx')).toBe('npx -y pnpm@12 dlx @baton/cli');
  expect(by('pnpm/12.0.0', 'exec')).toBe('npx -y pnpm@12 exec baton');
  expect(by('yarn/4.0.0', 'run')).toBe('yarn baton');
  expect(by('bun/1.2.0', 'run')).toBe('bunx @baton/cli');
});

test('started by Node alone it is started so again', () => {
  const execArgv = ['--conditions=baton-source'];
  expect(started('/a b/main.ts', { execArgv })).toBe(
    "/n/node --conditions=baton-source '/a b/main.ts'",
  );
});
