import { expect, test } from 'vitest';
import { userEnvironment } from './user-environment.ts';

const NPM_END = '/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin';
const NPX = { npm_execpath: '/usr/lib/node_modules/npm/bin/npm-cli.js', npm_command: 'exec' };
const pathOf = (PATH: string, env = NPX as Record<string, string>) =>
  userEnvironment({ ...env, PATH })['PATH'];

test('npm and pnpm leave nothing in PATH, nested in each other either', () => {
  const npx = `/x/node_modules/.bin:/node_modules/.bin:${NPM_END}`;
  const pnpm = '/w/node_modules/.bin:/c/pnpm/dist/node-gyp-bin:/w/node_modules/.bin';
  expect(pathOf(`${npx}:/usr/bin:/bin`)).toBe('/usr/bin:/bin');
  expect(pathOf(`${pnpm}:${npx}:/usr/bin`)).toBe('/usr/bin');
  expect(pathOf(`${pnpm}:/usr/bin`)).toBe('/usr/bin');
});

test("yarn's and bun's own node are not the user's", () => {
  const places = ['/tmp/yarn--1700000000000-0.5', '/tmp/xfs-1a2b3c4d', '/tmp/bun-node-0a1b2c3d4'];
  for (const place of places) expect(pathOf(`${place}:/usr/bin`)).toBe('/usr/bin');
});

test("the user's own places stay, those that look like added ones too", () => {
  const own = '/me/node_modules/.bin:/usr/bin:/me/other/node_modules/.bin';
  expect(pathOf(`/x/node_modules/.bin:${NPM_END}:${own}`)).toBe(own);
  expect(pathOf(own, {})).toBe(own);
});

test('what package managers say of themselves goes, what the user has set stays', () => {
  const own = {
    PATH: '/usr/bin',
    HOME: '/me',
    NODE_OPTIONS: '--max-old-space-size=8192',
    npm_config_registry: 'https://registry.example.org/',
    NODE_ENV: 'test',
  };
  const added = {
    ...NPX,
    npm_node_execpath: '/usr/bin/node',
    NODE: '/usr/bin/node',
    npm_lifecycle_event: 'baton',
    npm_lifecycle_script: 'node x',
    npm_package_name: 'baton',
    npm_package_json: '/w/package.json',
    npm_config_user_agent: 'pnpm/12.21.0',
    npm_config_local_prefix: '/w',
    pnpm_config_verify_deps_before_run: 'false',
    PNPM_SCRIPT_SRC_DIR: '/w',
    INIT_CWD: '/w',
    NODE_PATH: '/w/node_modules/.pnpm/node_modules',
  };
  expect(userEnvironment({ ...own, ...added })).toEqual(own);
  expect(userEnvironment(own)).toEqual(own);
});

test('of NODE_PATH only what pnpm has put there goes, by whatever it was started', () => {
  const { NODE_PATH } = userEnvironment({ NODE_PATH: '/p/.pnpm/node_modules:/me/lib' });
  expect(NODE_PATH).toBe('/me/lib');
});
