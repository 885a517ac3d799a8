import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Places, placesOf } from '@baton/adapters/workspace';
import { createRepository } from '../../packages/adapters/src/testing/git.ts';
import { TEST_MS } from '../../packages/adapters/src/testing/patience.ts';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { userEnvironment } from '../../packages/cli/src/invocation/user-environment.ts';
import { builtCli } from '../../scripts/built.ts';
import { leaveBehind } from '../leftovers.ts';
import { performHere, performsBuild, runsInProcess } from './in-process.ts';

/** Long, because dozens of processes run at once, maybe on a slow machine. */
export const TIMEOUT = { timeout: TEST_MS };

/** The CLI, built once from the current sources. */
const MAIN = await builtCli();
const FIXTURE = join(import.meta.dirname, 'fixture');
/** A compile cache, which halves the start time of each process. */
const COMPILED = join(tmpdir(), 'baton-test-compiled');

/** The command as an installation puts it on PATH. */
const BIN = mkdtempSync(join(tmpdir(), 'baton-bin-'));
export const COMMAND = join(BIN, 'baton');
symlinkSync(MAIN, COMMAND);
// Tests may run it as another user.
chmodSync(BIN, 0o755);
process.on('exit', () => rmSync(BIN, { recursive: true, force: true }));

/** Approval token of the builds of these tests, which have no terminal. Empty: no token. */
export const BATON_APPROVAL_TOKEN = 'the token of these tests';

/** Baton's state folder for the repositories of these tests. */
export const BATON_HOME = realpathSync(mkdtempSync(join(tmpdir(), 'baton-home-')));
process.on('exit', () => rmSync(BATON_HOME, { recursive: true, force: true, maxRetries: 5 }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** The real command line, in a process of its own. */
export function start(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Record<string, string>;
    readonly input?: string;
    /** User and group to run as, which takes root. Default: the one of the tests. */
    readonly user?: number;
  } = {},
): Started {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { ...environment(), BATON_HOME, BATON_APPROVAL_TOKEN, NO_COLOR: '1', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.user !== undefined && { uid: options.user, gid: options.user }),
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return watched(child);
}

/** The same at a terminal, whose output comes as stdout; what is typed goes to `process.stdin`. */
export function startAtTerminal(args: readonly string[]): Started {
  const argv = [process.execPath, COMMAND, ...args];
  const line = argv.map((one) => `'${one.replaceAll("'", "'\\''")}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd: tmpdir(),
    env: { ...environment(), BATON_HOME, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return watched(child);
}

/** That of a user's shell, with the command on PATH, and the Node of these tests before others. */
function environment(): Record<string, string | undefined> {
  const { BATON_SERVER: _, PATH = '', ...own } = userEnvironment(process.env);
  const path = [BIN, dirname(process.execPath), PATH].join(delimiter);
  return { ...own, PATH: path, NODE_COMPILE_CACHE: COMPILED };
}

function watched(child: ChildProcess & { stdout: Readable; stderr: Readable }): Started {
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr, [code]]) => ({ code: code as number | null, stdout, stderr }),
  );
  leaveBehind(() => child.kill('SIGKILL'));
  return { process: child, ended };
}

/**
 * The command line, in the process of the tests where that makes no difference. It makes one to a build with
 * an environment of its own: what is in the environment of a process can be read from there.
 */
export function baton(
  args: readonly string[],
  options: Parameters<typeof start>[1] = {},
): Promise<Ended> {
  const ownEnvironment = performsBuild(args) && options.env !== undefined;
  if (options.user !== undefined || ownEnvironment || !runsInProcess(args)) {
    return start(args, options).ended;
  }
  const env = { ...environment(), BATON_HOME, BATON_APPROVAL_TOKEN, NO_COLOR: '1', ...options.env };
  return performHere(args, { ...options, env });
}

/** The same with each build in a process of its own: for tests of what its commands can get at. */
export function batonAlone(
  args: readonly string[],
  options: Parameters<typeof start>[1] = {},
): Promise<Ended> {
  return performsBuild(args) ? start(args, options).ended : baton(args, options);
}

/** A server that runs until the tests of the file have ended, and its end. */
export async function startServer(
  port = '0',
  database = 'memory:',
  more: string[] = [],
  env: Record<string, string> = {},
) {
  const ports = ['--port', port, '--grpc-port', '0', '--database', database, ...more];
  const server = start(['serve', ...ports, '--json'], { env: { LOG_LEVEL: 'error', ...env } });
  const [line] = await once(createInterface(server.process.stdout as NodeJS.ReadStream), 'line');
  const { host, httpPort, grpcPort } = JSON.parse(line);
  const kill = async () => {
    server.process.kill('SIGKILL');
    await server.ended;
  };
  const grpc = `grpc://${host}:${grpcPort}`;
  return { address: `http://${host}:${httpPort}`, grpc, port: String(httpPort), kill };
}

/** Lines of JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests name what they expect
export function documents(stdout: string): any[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

export interface Project {
  /** A git repository with one commit. */
  readonly repo: string;
  /** Roles, checks and what they write down, beside the repository. */
  readonly folder: string;
  readonly config: string;
  /** What Baton keeps of the repository. */
  readonly kept: Places & { readonly database: string };
  /** Options that name both. */
  readonly options: readonly string[];
  /** What the roles do, by state. */
  steer(how: Record<string, string>): void;
  read(name: string): string;
  lines(name: string): readonly string[];
  /** Resolves when a role has begun to hang. */
  hanging(): Promise<void>;
  git(...args: readonly string[]): string;
  configure(change: (config: Config) => void): void;
}

// biome-ignore lint/suspicious/noExplicitAny: tests break it on purpose
type Config = any;

/** @param parent the folder that it is made in; default: that of temporary files. */
export function createProject(parent = tmpdir()): Project {
  const root = realpathSync(mkdtempSync(join(parent, 'baton-cli-')));
  leaveBehind(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const repo = join(root, 'greeter');
  const folder = join(root, 'roles');
  const config = join(folder, 'baton.config.json');
  const git = createRepository(repo);
  cpSync(FIXTURE, folder, { recursive: true });
  writeFileSync(join(repo, 'readme.md'), 'A greeter.\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  writeFileSync(config, JSON.stringify(usualConfig()));
  const read = (name: string): string => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const places = placesOf(repo, { BATON_HOME });
  return {
    repo,
    folder,
    config,
    kept: { ...places, database: join(places.state, 'baton.db') },
    options: ['--workspace', repo, '--config', config],
    steer: (how) => writeFileSync(join(folder, 'steering.json'), JSON.stringify(how)),
    read,
    lines: (name) => read(name).split('\n').filter(Boolean),
    async hanging() {
      await until(() => existsSync(join(folder, 'hanging')));
      rmSync(join(folder, 'hanging'));
    },
    git,
    configure(change) {
      const document = JSON.parse(readFileSync(config, 'utf8'));
      change(document);
      writeFileSync(config, JSON.stringify(document));
    },
  };
}

/** Whether a process runs whose command line has the words; ids are others behind a wall. */
export function isRunning(words: string): boolean {
  return execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).includes(words);
}

/** Resolves when the process has written `words`. */
export async function says({ process }: Started, words: string): Promise<void> {
  let written = '';
  process.stdout?.on('data', (chunk) => {
    written += chunk;
  });
  await until(() => written.includes(words));
}

function usualConfig(): Config {
  return {
    roles: { q_assistant: { module: './voice.mjs' }, code_writer: { module: './voice.mjs' } },
    commands: {
      test: { argv: ['node', '{config}/check.mjs', '{reports}'] },
      verify: [{ name: 'greeting is there', argv: ['test', '-f', 'greeting.txt'] }],
      deploy: { argv: ['node', '{config}/deploy.mjs', '{config}'], target: 'file:///live.txt' },
      smoke: [{ name: 'it greets', argv: ['grep', '-q', 'hello', '{config}/live.txt'] }],
    },
    sandbox: { write: ['.'] },
    // Its tests fail until a greeting is there.
    baseline: 'off',
    project: 'greeter',
    user: 'ada',
  };
}
