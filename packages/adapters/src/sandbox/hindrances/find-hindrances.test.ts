import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createNoSandbox } from '../no-sandbox.ts';
import type { Sandbox, SandboxPolicy } from '../sandbox.ts';
import { type FailedCommand, findHindrances } from './find-hindrances.ts';
import { adviceFor, describeHindrances, type SandboxSettings } from './hindrance.ts';

const LIMITS = { memoryBytes: 1, processes: 1, outputBytes: 1 };

interface Setting {
  readonly policy?: Partial<SandboxPolicy>;
  readonly own?: SandboxSettings['own'];
  readonly network?: SandboxSettings['network'];
  readonly sandbox?: Partial<Sandbox>;
}

/** A home, a checkout and a build, with the findings for a command that wrote a given output. */
function machine() {
  const root = temporaryFolder();
  const at = (path: string): string => join(root, path);
  const write = (path: string): string => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), '');
    return at(path);
  };
  const [home, shop, build] = [at('home'), at('shop'), at('home/baton/shop/wf')];
  for (const folder of [home, shop, build]) mkdirSync(folder, { recursive: true });

  function told(output: string, setting: Setting = {}, more: Partial<FailedCommand> = {}) {
    const network = setting.network ?? 'none';
    const policy: SandboxPolicy = {
      hidden: [home, shop, at('home/baton')],
      readable: [at('home/.nvm')],
      writable: [build],
      network: typeof network === 'string' ? network : { hosts: network },
      limits: LIMITS,
      ...setting.policy,
    };
    const settings: SandboxSettings = {
      ...{ entry: 'commands.test', file: '/shop/c.json', own: setting.own ?? {}, network, home },
      ...{ checkouts: [shop, join(shop, '.git')], kept: [at('home/baton')] },
    };
    const sandbox = { ...createNoSandbox(), name: 'strict', ...setting.sandbox };
    const command = { cwd: build, env: {}, output, refusedHosts: [], ...more };
    const found = findHindrances({ sandbox, policy, settings }, command);
    return { what: describeHindrances(found), advice: adviceFor(found, settings) };
  }
  return { at, write, build, told };
}

const set = (says: string): string => `"sandbox": { ${says} } in commands.test of /shop/c.json`;
const NOTHING = { what: undefined, advice: undefined };

it('names a file of the home that the command asked for, and how to show it', () => {
  const { write, told } = machine();
  const file = write('home/.tool/data');
  for (const output of [
    `Error: ENOENT: no such file or directory, open '${file}'`,
    `FileNotFoundError: [Errno 2] No such file or directory: "${file}"`,
    `cat: ${file}: No such file or directory`,
    `open(${file}): gone.`,
    'cannot read ~/.tool/data.',
  ]) {
    expect(told(output)).toEqual({
      what: '~/.tool/data exists on this machine, but not in the sandbox, where the home is empty',
      advice: set('"read": ["~/.tool/data"]'),
    });
  }
});

it('adds to what the command may read and reach already', () => {
  const { write, told } = machine();
  const output = `${write('home/.tool/data')}: not found\ngetaddrinfo ENOTFOUND b.example`;
  const setting = { own: { read: ['~/.x'] }, network: ['@registries', 'a.example'] } as const;
  const policy = { network: { hosts: ['a.example'] } };
  expect(told(output, { ...setting, policy }).advice).toBe(
    set('"read": ["~/.x", "~/.tool/data"], "network": ["@registries", "a.example", "b.example"]'),
  );
});

it('names a program of PATH that lies where the sandbox shows nothing', () => {
  const { at, write, told } = machine();
  const tool = write('run/bin/mytool');
  chmodSync(tool, 0o755);
  const sandbox = { privateFolders: [at('run')] };
  const env = { PATH: `/usr/bin:${at('run/bin')}` };
  for (const output of [
    'sh: 1: mytool: not found',
    'bash: line 1: mytool: command not found',
    'env: ‘mytool’: No such file or directory',
    'Error: spawn mytool ENOENT',
  ]) {
    expect(told(output, { sandbox }, { env }).advice).toBe(set(`"read": ["${tool}"]`));
  }
  expect(told('sh: 1: nothing: not found', { sandbox }, { env })).toEqual(NOTHING);
  expect(told('sh: 1: true: not found', { sandbox }, { env })).toEqual(NOTHING);
});

it('says nothing of files that are shown, or are nowhere, or of folders that are there', () => {
  const { at, write, told } = machine();
  const shown = [write('home/.nvm/tool'), write('home/baton/shop/wf/a.ts'), write('opt/x')];
  const output = [...shown, at('home/.none'), at('home'), at('home/baton/shop')].join('\n');
  expect(told(output)).toEqual(NOTHING);
});

it('tells the checkout, its git folder and what Baton keeps apart', () => {
  const { at, write, told } = machine();
  expect(told(write('shop/.env'))).toEqual({
    what: `${at('shop/.env')} is in your checkout, which the sandbox does not show; a build works on its own copy of what is committed`,
    advice: set(`"read": ["${at('shop/.env')}"]`),
  });
  expect(told(write('shop/.git/HEAD'))).toEqual({
    what: `${at('shop/.git/HEAD')} is in your repository's git folder, which the sandbox does not show; a build has a git folder of its own`,
    advice: set(`"read": ["${at('shop/.git')}"]`),
  });
  expect(told(write('home/baton/other/key'))).toEqual({
    what: "~/baton/other/key is among Baton's own files, which the sandbox never shows",
    advice: undefined,
  });
});

it('names a folder that each command has its own of, and a socket by a link to it', async () => {
  const { at, write, told } = machine();
  const sandbox = { privateFolders: [at('run')] };
  expect(told(write('run/file'), { sandbox }).what).toBe(
    `${at('run/file')} exists on this machine, but not in the sandbox, which has its own ${at('run')}`,
  );
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(at('run/docker.sock'), resolve));
  onTestFinished(() => void server.close());
  symlinkSync(at('run'), at('var-run'));
  const said = `Cannot connect to the Docker daemon at unix://${at('var-run/docker.sock')}. Is it running?`;
  expect(told(said, { sandbox }).advice).toBe(set(`"write": ["${at('var-run/docker.sock')}"]`));
});

it('names what is read-only in the sandbox alone, by a place that is there', () => {
  const { at, write, told } = machine();
  write('opt/there');
  const said = (path: string) => told(`touch: cannot touch '${path}': Read-only file system`);
  expect(said(at('opt/there'))).toEqual({
    what: `${at('opt/there')} is read-only in the sandbox`,
    advice: set(`"write": ["${at('opt/there')}"]`),
  });
  expect(said(at('opt/new/deep')).advice).toBe(set(`"write": ["${at('opt')}"]`));
  expect(said('/proc/sys/kernel/hostname/x')).toEqual(NOTHING);
  expect(told(`${at('opt/there')}: is a directory`)).toEqual(NOTHING);
});

it('says that the command may not write the files of its build', () => {
  const { build, told } = machine();
  const policy = { readable: [build], writable: [] };
  expect(told("touch: cannot touch 'x': Read-only file system", { policy })).toEqual({
    what: 'the files of the build are read-only there, by "workspace": "read"',
    advice: set('"workspace": "write"'),
  });
});

async function listening(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

it.runIf(process.platform === 'linux')(
  'names a port on which something listens outside, and no other',
  async () => {
    const { told } = machine();
    const port = await listening();
    const expected = {
      what: `port ${port} of this machine, on which something listens, is not reachable from the sandbox`,
      advice: set(`"network": ["localhost:${port}"]`),
    };
    for (const output of [
      `Error: connect ECONNREFUSED 127.0.0.1:${port}`,
      `connection to server at "localhost" (127.0.0.1), port ${port} failed: Connection refused`,
      `Could not connect to Redis at localhost:${port}`,
      `ECONNREFUSED\n  address: '127.0.0.1',\n  at [::1]:${port}`,
    ]) {
      expect(told(output)).toEqual(expected);
    }
    expect(told(`ECONNREFUSED 127.0.0.1:${port}`, { network: [`localhost:${port}`] })).toEqual(
      NOTHING,
    );
    expect(told(`ECONNREFUSED 127.0.0.1:${port}`, { network: 'all' })).toEqual(NOTHING);
    expect(told('connect ECONNREFUSED 127.0.0.1:1')).toEqual(NOTHING);
    expect(told(`listening on http://localhost:${port}`)).toEqual(NOTHING);
    const sandbox = { problemWith: () => 'it shows none' };
    expect(told(`ECONNREFUSED 127.0.0.1:${port}`, { sandbox })).toEqual({
      what: `${expected.what}, nor is any other`,
      advice: undefined,
    });
  },
);

it.each([
  ['getaddrinfo ENOTFOUND registry.npmjs.org', 'registry.npmjs.org'],
  ['curl: (6) Could not resolve host: pypi.org', 'pypi.org'],
  ['dial tcp: lookup proxy.golang.org on 1.1.1.1:53: i/o', 'proxy.golang.org'],
  ['java.net.UnknownHostException: repo1.maven.org', 'repo1.maven.org'],
])('says that there is no network for what wanted one: %s', (line, host) => {
  const { told } = machine();
  expect(told(`${line}\nTemporary failure in name resolution`)).toEqual({
    what: `the sandbox gives it no network, and it tried to reach ${host}`,
    advice: set(`"network": ["${host}"]`),
  });
});

it('says that the proxy is the only way out where there is a list', () => {
  const { told } = machine();
  const way =
    'the only way out of the sandbox is the proxy that HTTPS_PROXY names, to hosts that sandbox.network lists, and it may have tried another way';
  const network = ['a.example'];
  expect(told('TypeError: fetch failed', { network })).toEqual({ what: way, advice: undefined });
  expect(told('ENOTFOUND a.example', { network })).toEqual({
    what: `${way} to a.example`,
    advice: set('"network": "all"'),
  });
  const refusedHosts = [{ host: 'b.example:443' }];
  expect(told('ENOTFOUND b.example', { network }, { refusedHosts })).toEqual(NOTHING);
});

it('says nothing where nothing confines the command', () => {
  const { write, told } = machine();
  const sandbox = createNoSandbox();
  expect(told(write('home/.tool/data'), { sandbox })).toEqual(NOTHING);
});

it('is bounded, whatever is written', () => {
  const { at, write, told } = machine();
  for (let file = 0; file < 20; file += 1) write(`home/many/${file}`);
  const names = Array.from({ length: 5000 }, (_, file) => at(`home/many/${file % 20}`));
  const { what } = told(names.join('\n'));
  expect(what?.split('; ')).toHaveLength(6);
  expect(what).toMatch(/and 15 more of the kind$/);
  expect(told(`/${'a/'.repeat(200_000)}`)).toEqual(NOTHING);
  expect(told(`${' '.repeat(3000)}${at('home/many/0')}`)).toEqual(NOTHING);
  const nowhere = Array.from({ length: 300 }, (_, file) => at(`home/none/${file}`));
  expect(told([...nowhere, at('home/many/0')].join('\n'))).toEqual(NOTHING);
});
