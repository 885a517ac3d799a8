import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type ListenOptions } from 'node:net';
import { userInfo } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findSandbox } from '@baton/adapters/sandbox';
import { placesOf } from '@baton/adapters/workspace';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SeenRequest, Turn } from '../../packages/adapters/src/roles/llm/testing/script.ts';
import { scriptedServer } from '../../packages/adapters/src/roles/llm/testing/scripted-server.ts';
import { MASK } from '../../packages/adapters/src/secrets/masking-stream.ts';
import { temporaryFolder } from '../../packages/adapters/src/testing/temporary-folder.ts';
import { builtCli } from '../../scripts/built.ts';
import { baton, createProject, TIMEOUT } from '../cli/harness.ts';
import { ATTACKS, NETWORK_ATTACKS, PROXY_ATTACKS, SOCKET_ATTACKS } from './attacks.ts';
import { type ToolCall, toolAttacks } from './tool-attacks.ts';

/*
 * One build whose planner (a program), writer (a model), installation, tests and checks are hostile, in an
 * environment with secrets. The secret word must not appear in any attack's output or in the model's
 * input, and PWNED must not appear in the environment.
 */

const found = await findSandbox(process.env);
if (found.sandbox === undefined) {
  if (process.env['CI']) throw new Error(found.problem);
  console.error(`SKIPPED: ${found.problem}`);
}

const ALL = { ...ATTACKS, ...SOCKET_ATTACKS, ...NETWORK_ATTACKS, ...PROXY_ATTACKS };

const OTHER_USER = 65_534;
const isRoot = userInfo().uid === 0;
const HOSTILE = join(import.meta.dirname, 'hostile-process.ts');
const TRAPS = join(import.meta.dirname, 'trap-process.ts');
/**
 * Beside the checkout. A sandbox always hides temporary files, and inside the checkout an attack would
 * find packages.
 */
const WORLDS = join(import.meta.dirname, '../../..');
/** Whether a process of that user can read the file to run. */
function canRun(user: number): boolean {
  const code = 'require("node:fs").accessSync(process.argv[1])';
  const other = { uid: user, gid: user };
  return spawnSync(process.execPath, ['-e', code, HOSTILE], other).status === 0;
}

const isReadable = isRoot && canRun(OTHER_USER);
if (isRoot && !isReadable) console.error("SKIPPED: another user, for the sources are root's alone");
const USERS: readonly (readonly [string, number | undefined])[] = [
  ['its own user', undefined],
  ...(isReadable ? [['another user', OTHER_USER] as const] : []),
];

/** A home, a checkout, other builds, servers and processes, all of one user. */
async function createWorld(user: number | undefined) {
  const { repo, folder, config, configure, git } = createProject(WORLDS);
  const root = dirname(repo);
  const secret = `loss-${randomUUID()}`;
  const put = (path: string, text: string): string => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const home = join(root, 'home');
  for (const name of ['.ssh/id_ed25519', '.netrc', '.bashrc']) put(join(home, name), `${secret}\n`);
  put(join(home, `${secret}.name`), '');
  put(join(repo, '.env'), `${secret}\n`);
  const places = placesOf(repo, { BATON_HOME: join(root, 'kept') });
  const other = dirname(put(join(places.worktrees, 'other-build/file.txt'), `${secret}\n`));
  put(join(places.state, 'runs/other'), `${secret}\n`);
  const shared = temporaryFolder();
  put(join(shared, 'note'), `${secret}\n`);
  const loot = join(root, 'loot');
  mkdirSync(loot);
  git('commit', '--quiet', '--allow-empty', '--message', 'Another');

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
  onTestFinished(() => cleanUp(linger));
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
  const attacks = toolAttacks(world, user === undefined);
  const model = await scriptedServer('openai-compatible', script(Object.values(attacks)));
  const env = {
    HOME: home,
    BATON_HOME: join(root, 'kept'),
    OWN_KEY: `${secret}-own`,
    MODEL_KEY: `${secret}-model`,
    WORLD: JSON.stringify(world),
  };
  configure((document) => {
    const first = (name: string, then: string): string[] => [
      'sh',
      '-c',
      `[ -e ${loot}/${name}.json ] || node ${HOSTILE} ${name} >&2 < /dev/null; ${then}`,
      'hostile',
      '{reports}',
    ];
    const withoutReports = (argv: string[]): string[] => argv.slice(0, 4);
    document.environment = ['WORLD'];
    document.sandbox = { write: ['../loot', '.'] };
    const voice = `exec node ${folder}/voice-command.mjs`;
    document.roles.q_assistant = { command: withoutReports(first('role', voice)) };
    document.models = {
      local: {
        provider: 'openai-compatible',
        model: 'hostile',
        baseUrl: model.baseURL,
        apiKeyEnv: 'MODEL_KEY',
      },
    };
    document.roles.code_writer = { model: 'local', maxSteps: 1000 };
    document.commands.install = { argv: withoutReports(first('install', 'true')) };
    document.commands.test.argv = first('test', `exec node ${folder}/check.mjs "$1"`);
    // What the writer's tool runs; to the overseer nothing is left to do.
    document.commands.verify = [
      { name: 'attack', argv: withoutReports(first('model', 'true')) },
      { name: 'traps', argv: ['node', TRAPS] },
    ];
  });
  const told = () => answers(model.requests, attacks);
  return { secret, repo, root, shared, loot, canary, linger, config, env, told };
}

const run = (name: string): ToolCall => ({ name: 'run_command', input: { name } });

/** What the model says: it attacks with the tools, and then does what it was asked for. */
function script(attacks: readonly ToolCall[]): readonly Turn[] {
  const result = { summary: 'says hello', changedFiles: ['greeting.txt'] };
  const write = { name: 'write', input: { path: 'greeting.txt', content: 'hello\n' } };
  const advance = { name: 'advance', input: result };
  const calls = [run('attack'), run('traps'), ...attacks, run('traps'), write, advance];
  return calls.map((call) => ({ calls: [call] }));
}

/** What the model got to read, by the attack that it was the answer to. */
function answers(
  requests: readonly SeenRequest[],
  attacks: Readonly<Record<string, ToolCall>>,
): Readonly<Record<string, string>> {
  const titles = ['the command', 'the traps', ...Object.keys(attacks), 'traps away', 'the work'];
  const last = requests.slice(1).map(({ body }) => JSON.stringify((body['messages'] as []).at(-1)));
  return Object.fromEntries(titles.map((title, at) => [title, last[at] ?? 'it got no answer']));
}

/** Where attacks plant files outside of their world. */
const PLANTED = [
  ...['/etc/pwned', '/usr/local/bin/pwned', '/var/spool/cron/crontabs/pwned'],
  ...['/tmp/pwned-by-a-build', '/dev/shm/pwned-by-a-build'],
  ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'pwned-tool')),
];

/** Removes what attacks left behind, after a passed or a failed test. */
function cleanUp(seconds: string): void {
  for (const path of PLANTED) rmSync(path, { force: true });
  for (const id of lingering(seconds)) process.kill(id, 'SIGKILL');
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

/** The processes that sleep for so long. */
function lingering(seconds: string): readonly number[] {
  return readdirSync('/proc')
    .filter((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'latin1').includes(`sleep\0${seconds}\0`);
      } catch {
        return false;
      }
    })
    .map(Number);
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
      const { secret, repo, root, shared, loot, canary, linger, config, env, told } =
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

      for (const name of ['role', 'install', 'test', 'model']) {
        const said = JSON.parse(readFileSync(join(loot, `${name}.json`), 'utf8'));
        const tried = ALL;
        expect(Object.keys(said).sort()).toEqual(Object.keys(tried).sort());
        const lost = Object.entries(said).filter(([, text]) =>
          [secret, 'SUCCEEDED'].some((word) => String(text).includes(word)),
        );
        expect([name, lost]).toEqual([name, []]);
      }
      const read = Object.entries(told());
      expect(read.filter(([, text]) => text.includes(secret) || text.includes(MASK))).toEqual([]);
      expect(read.filter(([, text]) => !text.includes('"role":"tool"'))).toEqual([]);
      expect(told()['the work']).toContain('wrote 6 bytes to greeting.txt');
      const kept = ['home', 'kept', 'greeter'].map((one) => join(root, one));
      expect(holding('PWNED', [...kept, shared])).toEqual([]);
      expect(PLANTED.filter((path) => existsSync(path))).toEqual([]);
      for (const name of ['home/.ssh/id_ed25519', 'greeter/.env']) {
        expect(readFileSync(join(root, name), 'utf8')).toBe(`${secret}\n`);
      }
      expect(gitFolder(repo)).toEqual(before);
      expect([canary.exitCode, canary.signalCode]).toEqual([null, null]);
      expect(lingering(linger)).toEqual([]);
      const notes = stdout.split('\n').filter((line) => line.includes('processes_ended'));
      expect(notes.length).toBeGreaterThan(0);
      const refused = stdout.split('\n').filter((line) => line.includes('hosts_refused'));
      // The attempts race each other, so any of them may be named first.
      expect(refused.join('\n')).toMatch(/tried to reach [^;]*\b127\.0\.0\.1:/);
    });
  },
);

it('knows more than forty attacks of processes, and two hundred of tools', () => {
  expect(Object.keys(ALL).length).toBeGreaterThan(40);
  expect(Object.keys(toolAttacks({})).length).toBeGreaterThan(200);
});
