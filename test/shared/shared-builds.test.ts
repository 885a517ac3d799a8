import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '@baton/adapters/open-store';
import { createGitWorkspaceProvider } from '@baton/adapters/workspace';
import { createOrchestrator, type Orchestrator } from '@baton/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type PrivatePostgres,
  postgresMissing,
  startPrivatePostgres,
} from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import {
  type PrivateRedis,
  redisMissing,
  startRedis,
} from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { createRepository, gitIn } from '../../packages/adapters/src/testing/git.ts';
import { TEST_MS } from '../../packages/adapters/src/testing/patience.ts';
import { temporaryFolder } from '../../packages/adapters/src/testing/temporary-folder.ts';
import { builtScript } from '../../scripts/built.ts';
import type { Found, SharedPoint } from './carry-shared.ts';

const script = await builtScript('test/shared/worker-process.ts');

const ALL = [
  ...['q_assistant', 'code_writer', 'test_auditor'],
  ...['verification_overseer', 'release_manager'],
];
const PHASES = ['discovery', 'planning', 'implementation', 'testing', 'verification', 'deployment'];

interface Machine {
  readonly repository: string;
  readonly home: string;
}

/** A build on a store, its remote, and two machines. */
async function begin(database: string) {
  const folder = temporaryFolder();
  const origin = createRepository(join(folder, 'origin'));
  origin('commit', '--quiet', '--allow-empty', '--message', 'Begin');
  const remote = join(folder, 'remote.git');
  gitIn(folder, ['clone', '--quiet', '--bare', 'origin', remote]);
  const machines = ['one', 'other'].map((name): Machine => {
    const home = join(folder, name);
    mkdirSync(home);
    const repository = join(home, 'shop');
    gitIn(folder, ['clone', '--quiet', remote, repository]);
    return { repository, home };
  });
  const { store, close } = await openStore(database);
  onTestFinished(close);
  const baton = createOrchestrator({ store, workPollMs: 50 });
  const request = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {}, requestId: 'r' };
  const { workflowId } = await baton.start(request);
  const journal = join(folder, 'journal');
  const shared = { database, workflowId, remote, journal };

  function work(
    at: number,
    roles: readonly string[],
    [point, nth, signal]: readonly [SharedPoint?, number?, NodeJS.Signals?] = [],
  ): ChildProcess {
    const carried = JSON.stringify({ ...shared, ...machines[at], roles });
    const argv = ['--no-warnings', script, carried, point ?? '', String(nth ?? 0), signal ?? ''];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'inherit', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }
  return { ...shared, folder, machines, baton, work };
}

type Build = Awaited<ReturnType<typeof begin>>;

function journalOf({ journal }: Build): readonly Found[] {
  if (!existsSync(journal)) return [];
  const lines = readFileSync(journal, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

async function complete(baton: Orchestrator, workflowId: string) {
  for await (const _ of baton.watch({ workflowId }));
  return baton.status({ workflowId });
}

/** Every attempt found the files that the store named, and the work has each author's line once. */
async function expectWhole(build: Build): Promise<void> {
  const { baton, workflowId, machines, remote } = build;
  const { state, checkpoint } = await complete(baton, workflowId);
  expect(state).toBe('complete');
  for (const { expected, digest } of journalOf(build)) {
    if (expected !== undefined) expect(digest).toBe(expected);
  }
  if (checkpoint === undefined) throw new Error('no checkpoint');
  for (const { repository, home } of machines) {
    const env = { ...process.env, HOME: home, BATON_HOME: join(home, 'baton') };
    const provider = createGitWorkspaceProvider({ repository, env, remote });
    const asked = { workflowId, checkpoint, branch: 'baton/work', message: 'Work', at: 0 };
    const { commit } = await provider.handOver(asked);
    const log = gitIn(repository, ['show', `${commit}:log.txt`]);
    expect(log).toBe('discovery\nplanning\nimplementation\n');
  }
}

async function onSqlite(): Promise<Build> {
  return begin(`sqlite:${join(temporaryFolder(), 'baton.db')}`);
}

/** Servers that this machine has; their suites say why one is missing. */
const STORES: readonly (readonly [string, () => Promise<string>])[] = [
  ['SQLite', async () => `sqlite:${join(temporaryFolder(), 'baton.db')}`],
  ...(postgresMissing() ? [] : [['PostgreSQL', () => urlOf(startPrivatePostgres())] as const]),
  ...(redisMissing() === undefined ? [['Redis', () => urlOf(startRedis())] as const] : []),
];

async function urlOf(starting: Promise<PrivatePostgres | PrivateRedis>): Promise<string> {
  const server = await starting;
  onTestFinished(() => server.destroy());
  return server.url;
}

describe('a build on two machines', { timeout: TEST_MS }, () => {
  it.each(STORES)('goes from one to the other at every border, over %s', async (_, start) => {
    const build = await begin(await start());
    build.work(0, ['q_assistant', 'test_auditor', 'release_manager']);
    build.work(1, ['code_writer', 'verification_overseer']);
    await expectWhole(build);
    const [one, other] = build.machines.map(({ home }) => home);
    const first = journalOf(build).filter(
      (found, at, all) => all.findIndex(({ state }) => state === found.state) === at,
    );
    expect(first.map(({ state }) => state)).toEqual(PHASES);
    expect(first.map(({ machine }) => machine)).toEqual([one, one, other, one, other, one]);
  });

  it.each([1, 3, 5])(
    'goes on at the other when a worker is killed between push and commit, in its phase %i',
    async (nth) => {
      const build = await onSqlite();
      const dying = build.work(0, ALL, ['after publishing', nth, 'SIGKILL']);
      expect((await once(dying, 'exit'))[1]).toBe('SIGKILL');
      const { state, checkpoint } = await build.baton.status({ workflowId: build.workflowId });
      // It is on the remote, and the store knows nothing of it.
      const unknown = checkpoint === undefined ? [] : [`--no-merged=${checkpoint.commit}`];
      const refs = ['for-each-ref', ...unknown, 'refs/baton-shared'];
      expect(gitIn(build.remote, refs)).not.toBe('');
      build.work(1, ALL);
      await expectWhole(build);
      const again = journalOf(build).filter((found) => found.state === state);
      expect(new Set(again.map(({ attempt }) => attempt)).size).toBeGreaterThan(1);
    },
  );

  it('is not disturbed by a worker that was paused past its lease and publishes late', async () => {
    const build = await onSqlite();
    const paused = build.work(0, ALL, ['before publishing', 3, 'SIGSTOP']);
    await expect.poll(() => journalOf(build).length >= 3).toBe(true);
    build.work(1, ALL);
    await complete(build.baton, build.workflowId);
    const refs = () => gitIn(build.remote, ['for-each-ref', 'refs/baton-shared']);
    const before = refs();
    paused.kill('SIGCONT');
    await once(paused, 'exit');
    for (const line of before.trim().split('\n')) expect(refs()).toContain(line);
    await expectWhole(build);
  });

  it('is rolled back on a machine that has seen nothing of it', async () => {
    const build = await onSqlite();
    const { baton, workflowId } = build;
    const first = build.work(0, ['q_assistant', 'code_writer']);
    await expect
      .poll(async () => (await baton.status({ workflowId })).state)
      .toBe('handoff_to_tester');
    first.kill('SIGKILL');
    await baton.rollback({ workflowId, targetState: 'planning', reason: 'another plan' });
    build.work(1, ALL);
    await expectWhole(build);
    const [, other] = build.machines;
    const again = journalOf(build).filter(({ machine }) => machine === other?.home);
    expect([...new Set(again.map(({ state }) => state))]).toEqual(PHASES.slice(1));
    expect(again.every(({ epoch }) => epoch === 2)).toBe(true);
  });

  it('waits while its remote is gone, and goes on when it is back', async () => {
    const build = await onSqlite();
    const { remote, baton, workflowId } = build;
    build.work(0, ['q_assistant', 'test_auditor', 'release_manager']);
    await expect
      .poll(async () => (await baton.status({ workflowId })).state)
      .toBe('handoff_to_coder');
    renameSync(remote, `${remote}.away`);
    build.work(1, ['code_writer', 'verification_overseer']);
    await expect
      .poll(async () => {
        const types: string[] = [];
        for await (const { type } of baton.watch({ workflowId, follow: false })) types.push(type);
        return types;
      })
      .toContain('attempt_failed');
    expect((await baton.status({ workflowId })).state).toBe('implementation');
    expect(journalOf(build).some(({ state }) => state === 'implementation')).toBe(false);
    renameSync(`${remote}.away`, remote);
    await expectWhole(build);
  });
});
