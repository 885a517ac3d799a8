import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, type ListenOptions } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { findSandbox } from '@baton/adapters/sandbox';
import { placesOf } from '@baton/adapters/workspace';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtCli } from '../../scripts/built.ts';
import { baton, createProject, TIMEOUT } from '../cli/harness.ts';
import { ATTACKS, NETWORK_ATTACKS, PROXY_ATTACKS, SOCKET_ATTACKS } from './attacks.ts';

/*
 * One build whose writer, installation and tests are hostile, in a world that has something to lose.
 * Whatever they try, no attack's own output holds the secret word of that world, and the world no PWNED.
 */

const found = await findSandbox(process.env);
if (found.sandbox === undefined) {
  if (process.env['CI']) throw new Error(found.problem);
  console.error(`SKIPPED: ${found.problem}`);
}

const ALL = { ...ATTACKS, ...SOCKET_ATTACKS, ...NETWORK_ATTACKS, ...PROXY_ATTACKS };

const NOBODY = 65_534;
const isRoot = userInfo().uid === 0;
const HOSTILE = join(import.meta.dirname, 'hostile-process.ts');
/** Whether a process of that user can read what it is to run. */
function canRun(user: number): boolean {
  const code = 'require("node:fs").accessSync(process.argv[1])';
  const other = { uid: user, gid: user };
  return spawnSync(process.execPath, ['-e', code, HOSTILE], other).status === 0;
}

const isReadable = isRoot && canRun(NOBODY);
if (isRoot && !isReadable) console.error("SKIPPED: another user, for the sources are root's alone");
const USERS: readonly (readonly [string, number | undefined])[] = [
  ['its own user', undefined],
  ...(isReadable ? [['another user', NOBODY] as const] : []),
];

/** A home, a checkout, other builds, servers and processes, all of one user. */
async function createWorld(user: number | undefined) {
  const { repo, folder, config, configure, git, steer } = createProject();
  const root = dirname(repo);
  const secret = `loss-${randomUUID()}`;
  const put = (path: string, text: string): string => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const home = join(root, 'home');
  for (const name of ['.ssh/id_ed25519', '.netrc', '.bashrc']) put(join(home, name), `${secret}\n`);
  put(join(repo, '.env'), `${secret}\n`);
  const places = placesOf(repo, { BATON_HOME: join(root, 'kept') });
  const other = dirname(put(join(places.worktrees, 'other-build/file.txt'), `${secret}\n`));
  put(join(places.state, 'runs/other'), `${secret}\n`);
  const shared = realpathSync(mkdtempSync(join(tmpdir(), 'baton-shared-')));
  onTestFinished(() => rmSync(shared, { recursive: true, force: true }));
  put(join(shared, 'note'), `${secret}\n`);
  const loot = join(root, 'loot');
  mkdirSync(loot);
  git('commit', '--quiet', '--allow-empty', '--message', 'Another');
  steer({ implementation: 'right' });

  const socket = join(shared, 'socket');
  const abstract = `baton-${process.pid}-${user ?? 'own'}`;
  const serve = (place: ListenOptions) => createServer((one) => one.end(secret)).listen(place);
  const servers = [
    serve({ port: 0, host: '127.0.0.1' }),
    serve({ path: socket }),
    serve({ path: `\0${abstract}` }),
  ] as const;
  await Promise.all(servers.map((one) => new Promise((resolve) => one.once('listening', resolve))));
  onTestFinished(() => servers.forEach((one) => void one.close()));
  const { port } = servers[0].address() as AddressInfo;

  if (user !== undefined) execFileSync('chown', ['-R', `${user}:${user}`, root, shared]);
  const identity = user === undefined ? {} : { uid: user, gid: user };
  const canary: ChildProcess = spawn('sh', ['-c', 'sleep 3000; :', 'canary-process'], {
    stdio: 'ignore',
    detached: true,
    ...identity,
  });
  onTestFinished(() => void process.kill(-(canary.pid as number), 'SIGKILL'));

  const linger = String(90_000 + (process.pid % 1000)) + (user ?? '');
  const world = {
    OWN_HOME: home,
    CHECKOUT: repo,
    STATE: places.state,
    OTHER: other,
    SHARED: shared,
    TCP: String(port),
    SOCKET: socket,
    ABSTRACT: abstract,
    CANARY: String(canary.pid),
    LINGER: linger,
    LOOT: loot,
    CLI: await builtCli(),
  };
  const env = {
    HOME: home,
    BATON_HOME: join(root, 'kept'),
    OWN_KEY: secret,
    WORLD: JSON.stringify(world),
  };
  configure((document) => {
    const before = (name: string, then: string): string[] => [
      'sh',
      '-c',
      `node ${HOSTILE} ${name} >&2 < /dev/null; ${then}`,
      'hostile',
      '{reports}',
    ];
    document.environment = ['WORLD'];
    document.sandbox = { write: ['../loot', '.'] };
    const voice = `exec node ${folder}/voice-command.mjs`;
    document.roles.code_writer = { command: before('role', voice).slice(0, 4) };
    document.commands.install = { argv: before('install', 'true').slice(0, 4) };
    document.commands.test.argv = before('test', `exec node ${folder}/check.mjs "$1"`);
  });
  return { secret, repo, root, shared, loot, canary, linger, config, env };
}

/** Every text below the folders that holds the word. */
function holding(word: string, folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name))
      .filter((path) => readFileSync(path, 'latin1').includes(word)),
  );
}

function lingering(seconds: string): boolean {
  return readdirSync('/proc').some((id) => {
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'latin1').includes(seconds);
    } catch {
      return false;
    }
  });
}

/** What git's folder holds, but for what Baton itself writes. */
function gitFolder(repo: string): Record<string, string> {
  const folder = join(repo, '.git');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .filter((path) => !/\/(objects|worktrees|refs\/baton|refs\/heads\/baton)\//.test(path));
  return Object.fromEntries(files.map((path) => [path, readFileSync(path, 'latin1')]));
}

describe.skipIf(found.sandbox === undefined).each(USERS)(
  'hostile code of %s',
  TIMEOUT,
  (_, user) => {
    it('gets at nothing outside of its build, whatever it is run for', async () => {
      const { secret, repo, root, shared, loot, canary, linger, config, env } =
        await createWorld(user);
      const before = gitFolder(repo);
      const args = [
        'run',
        'Build me a greeting',
        '--workspace',
        repo,
        '--config',
        config,
        '--json',
      ];
      const { code, stdout, stderr } = await baton(args, {
        cwd: root,
        env,
        ...(user !== undefined && { user }),
      });
      expect([code, stderr, code === 0 || stdout.slice(-3000)]).toEqual([0, '', true]);

      for (const name of ['role', 'install', 'test']) {
        const said = JSON.parse(readFileSync(join(loot, `${name}.json`), 'utf8'));
        const tried = ALL;
        expect(Object.keys(said).sort()).toEqual(Object.keys(tried).sort());
        const told = Object.entries(said).filter(([, text]) => String(text).includes(secret));
        expect([name, told]).toEqual([name, []]);
      }
      const kept = ['home', 'kept', 'greeter'].map((one) => join(root, one));
      expect(holding('PWNED', [...kept, shared])).toEqual([]);
      const planted = [
        '/etc/pwned',
        '/usr/local/bin/pwned',
        '/tmp/pwned-by-a-build',
        '/dev/shm/pwned-by-a-build',
      ];
      expect(planted.filter((path) => existsSync(path))).toEqual([]);
      for (const name of ['home/.ssh/id_ed25519', 'greeter/.env']) {
        expect(readFileSync(join(root, name), 'utf8')).toBe(`${secret}\n`);
      }
      expect(gitFolder(repo)).toEqual(before);
      expect([canary.exitCode, canary.signalCode]).toEqual([null, null]);
      expect(lingering(linger)).toBe(false);
      const notes = stdout.split('\n').filter((line) => line.includes('processes_ended'));
      expect(notes.length).toBeGreaterThan(0);
      const refused = stdout.split('\n').filter((line) => line.includes('hosts_refused'));
      expect(refused.join('\n')).toContain('tried to reach 127.0.0.1:');
    });
  },
);

it('knows more than forty attacks', () => {
  expect(Object.keys(ALL).length).toBeGreaterThan(40);
});
