import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { baton, createProject, type Project, start, startServer, TIMEOUT } from './harness.ts';

const SERVER = join(import.meta.dirname, '../../packages/server/src/main.ts');

/** Says on stderr, of each text that goes to stdout, how many hear SIGTERM by then. */
const PRELOAD = `
const { write } = process.stdout;
process.stdout.write = function (...args) {
  process.stderr.write('heard by ' + process.listenerCount('SIGTERM') + ': ' + args[0]);
  return write.apply(this, args);
};`;
const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(PRELOAD)}`;
const ENVIRONMENT = { NODE_OPTIONS, DATABASE_URL: 'memory:', LOG_LEVEL: 'error' };
const ANYWHERE = ['--port', '0', '--grpc-port', '0', '--database', 'memory:'];

type Begin = (project: Project) => ChildProcess | Promise<ChildProcess>;

/** What runs until it is told to stop, and what it says once it runs. */
const RUNS: readonly (readonly [string, RegExp, Begin])[] = [
  [
    'baton-server',
    /Baton serves/,
    () =>
      spawn(process.execPath, ['--conditions=baton-source', SERVER], {
        env: {
          PATH: process.env['PATH'],
          ...{ ...ENVIRONMENT, BATON_GRPC_PORT: '0', BATON_HTTP_PORT: '0' },
        },
      }),
  ],
  ['baton serve', /Baton serves/, () => run(['serve', ...ANYWHERE])],
  [
    'baton serve --with-worker',
    /Baton serves/,
    ({ options }) => run(['serve', ...ANYWHERE, '--with-worker', ...options]),
  ],
  [
    'baton worker',
    /takes work/,
    async ({ options }) => run(['worker', '--server', (await startServer()).address, ...options]),
  ],
  [
    'baton console',
    /The console is at/,
    async ({ options, repo }) => {
      await baton(['run', 'Build me a greeting', ...options]);
      return run(['console', '--workspace', repo]);
    },
  ],
];

function run(args: readonly string[]): ChildProcess {
  return start(args, { env: ENVIRONMENT }).process;
}

it.each(RUNS)(
  '%s says that it runs once it can be told to stop',
  TIMEOUT,
  async (_, says, begin) => {
    const child = await begin(createProject());
    onTestFinished(() => void child.kill('SIGKILL'));
    let told = '';
    child.stderr?.on('data', (piece) => {
      told += piece;
    });
    await until(() => says.test(told));
    const line = told.split('\n').find((one) => says.test(one)) ?? '';
    expect(line).toMatch(/^heard by [1-9]/);
  },
);
