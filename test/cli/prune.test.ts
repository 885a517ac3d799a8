import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileSealMemory, createSealedStore, openSealKey } from '@baton/adapters/sealed';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { describe, expect, it } from 'vitest';
import {
  baton,
  createProject,
  documents,
  type Project,
  start,
  startServer,
  TIMEOUT,
} from './harness.ts';

const DAY = 86_400_000;

/** Runs a build to its end, and answers its workflow. */
async function built(project: Project, request: string, more: string[] = []): Promise<string> {
  const { stdout } = await baton(['run', request, ...project.options, ...more, '--json']);
  return documents(stdout)[0].status.workflowId;
}

/** Has the database say that a build was completed days ago, as Baton would write it. */
async function completedDaysAgo({ kept }: Project, workflowId: string, days: number) {
  const seals = join(kept.state, 'seals');
  const { key } = openSealKey(seals);
  const memory = createFileSealMemory(seals);
  const store = createSealedStore(await createSqliteStore({ path: kept.database }), {
    key,
    memory,
  });
  const loaded = await store.load(workflowId);
  if (loaded === undefined) throw new Error(`there is no workflow ${workflowId}`);
  const { snapshot } = loaded;
  const completedAt = Date.now() - days * DAY;
  const next = { ...snapshot, completedAt, revision: snapshot.revision + 1 };
  const rest = { follows: snapshot, handoffs: [], events: [], changedOutputs: [] };
  expect(await store.commit([{ snapshot: next, ...rest }])).toEqual([{ kind: 'committed' }]);
  await store.close();
}

function there({ kept, git }: Project, workflowId: string): readonly string[] {
  return [
    existsSync(join(kept.worktrees, workflowId)) && 'worktree',
    git('for-each-ref', `refs/baton/${workflowId}`) !== '' && 'checkpoints',
    existsSync(join(kept.state, 'builds', workflowId)) && 'state',
    readdirSync(join(kept.state, 'runs')).some((name) => name.startsWith(workflowId)) && 'records',
  ].filter((name) => name !== false);
}

const ALL = ['worktree', 'checkpoints', 'state', 'records'];

describe.concurrent('baton prune', TIMEOUT, () => {
  it('removes the worktrees of complete builds, and all that lies there once it is handed over', async () => {
    const project = createProject();
    const { options, steer, git } = project;
    steer({ implementation: 'right' });
    const handed = await built(project, 'first');
    steer({ discovery: 'fail' });
    const failed = await built(project, 'second');
    const branches = git('for-each-ref', '--format=%(refname:short)', 'refs/heads/baton/');
    const [branch = ''] = branches.trim().split('\n');
    const work = git('rev-parse', branch).trim();
    git('branch', '--quiet', '-D', branch);
    const look = await baton(['prune', '--dry-run', ...options]);
    expect(look.stdout).toMatch(new RegExp(`${handed} +complete +worktree `));
    expect(look.stdout).toMatch(/B would go; the audit trail in the database stays\./);
    for (const id of [handed, failed]) expect(there(project, id)).toEqual(ALL);

    const { code, stdout } = await baton(['prune', ...options, '--json']);
    expect(code).toBe(0);
    const [{ dryRun, builds }] = documents(stdout);
    expect(dryRun).toBe(false);
    const kept = Object.fromEntries(
      builds.map((one: { workflowId: string; kept?: string }) => [one.workflowId, one.kept]),
    );
    expect(kept[failed]).toBe('it is not complete: it waits in error');
    expect(kept[handed]).toContain('no branch below baton/ has its files');
    expect(there(project, handed)).toEqual(['checkpoints', 'state', 'records']);
    expect(there(project, failed)).toEqual(ALL);

    git('branch', branch, work);
    expect((await baton(['prune', ...options])).stdout).toContain('git gc');
    expect(there(project, handed)).toEqual([]);

    // The trail is there, and the same request finds the build.
    expect((await baton(['history', handed, '--workspace', project.repo])).code).toBe(0);
    const again = await baton(['run', 'first', ...options]);
    expect(again.stdout).toContain('is complete');
    expect(again.stdout).toContain(handed);
  });

  it('removes a build that is not complete only by its name or with --all, when confirmed', async () => {
    const project = createProject();
    const { options, steer } = project;
    steer({ discovery: 'fail' });
    const [one, other] = [await built(project, 'first'), await built(project, 'second')];
    await baton(['prune', one, ...options]);
    expect(there(project, one)).toEqual(ALL);
    const refused = await baton(['prune', '--all', ...options]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--yes');
    expect((await baton(['prune', '--yes', ...options])).code).toBe(2);
    expect((await baton(['prune', '--all', '--dry-run', ...options])).stdout).toContain(
      'worktree, checkpoints, records',
    );
    expect(there(project, one)).toEqual(ALL);
    const named = await baton(['prune', one, 'wf_none', '--yes', ...options]);
    expect(named.code).toBe(3);
    expect(named.stderr).toContain('nothing of wf_none lies here');
    expect(there(project, one)).toEqual([]);
    expect(there(project, other)).toEqual(ALL);
    expect((await baton(['prune', '--all', '--yes', ...options])).code).toBe(0);
    expect(there(project, other)).toEqual([]);
  });

  it('leaves a build that is being performed alone, even when confirmed', async () => {
    const project = createProject();
    project.steer({ discovery: 'hang' });
    const run = start(['run', 'first', ...project.options]);
    await project.hanging();
    const { stdout } = await baton(['prune', '--all', '--yes', ...project.options, '--json']);
    const [{ builds }] = documents(stdout);
    expect(builds).toMatchObject([{ removed: [] }]);
    expect(builds[0].kept).toMatch(/a process works on it|commands run in its worktree/);
    expect(there(project, builds[0].workflowId)).toEqual(ALL);
    run.process.kill('SIGKILL');
  });

  it('asks the server of a build, and keeps what it cannot ask about', async () => {
    const project = createProject();
    project.steer({ implementation: 'right' });
    const server = await startServer();
    const id = await built(project, 'first', ['--server', server.address]);
    expect(there(project, id)).toEqual(ALL);
    const asked = await baton(['prune', '--dry-run', ...project.options, '--json']);
    expect(documents(asked.stdout)[0].builds[0]).toMatchObject({ standing: 'complete' });
    await server.kill();
    const { stdout } = await baton(['prune', ...project.options, '--json']);
    expect(documents(stdout)[0].builds[0].kept).toContain('cannot be asked');
    expect(there(project, id)).toEqual(ALL);
  });

  it('shows and removes what is left of builds that no database knows', async () => {
    const project = createProject();
    const { kept, options, repo } = project;
    project.steer({ implementation: 'right' });
    const id = await built(project, 'first');
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(`${kept.database}${suffix}`, { force: true });
    }
    const lately = documents((await baton(['prune', ...options, '--json'])).stdout)[0].builds;
    expect(lately).toMatchObject([{ workflowId: id, standing: 'unknown', removed: [] }]);
    rmSync(join(kept.worktrees, id), { recursive: true });
    mkdirSync(join(kept.worktrees, 'thesis'));
    writeFileSync(join(kept.worktrees, 'thesis', 'one.txt'), '');
    await baton(['prune', id, '--yes', '--workspace', repo]);
    expect(there(project, id)).toEqual([]);
    expect(project.git('worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(existsSync(join(kept.worktrees, 'thesis', 'one.txt'))).toBe(true);
  });
});

describe.concurrent('workspace.retention', TIMEOUT, () => {
  it('removes what complete builds left when another begins, and says so once', async () => {
    const project = createProject();
    const { options, steer } = project;
    steer({ implementation: 'right' });
    const [old, older] = [await built(project, 'first'), await built(project, 'second')];
    await completedDaysAgo(project, old, 8);
    await completedDaysAgo(project, older, 91);
    steer({ discovery: 'fail' });
    const { stdout } = await baton(['run', 'third', ...options]);
    expect(stdout.match(/removed what lay here of 2 builds by its retention/g)).toHaveLength(1);
    expect(there(project, old)).toEqual(['checkpoints', 'state', 'records']);
    expect(there(project, older)).toEqual([]);
    const again = await baton(['run', 'fourth', ...options, '--json']);
    expect(documents(again.stdout).filter(({ kind }) => kind === 'pruned')).toEqual([]);
  });

  it('keeps no build from beginning where it cannot be done', async () => {
    const project = createProject();
    const { options, steer, kept } = project;
    steer({ implementation: 'right' });
    const old = await built(project, 'first');
    await completedDaysAgo(project, old, 8);
    const lock = join(kept.state, 'builds', old, 'lock');
    rmSync(lock);
    writeFileSync(lock, 'no database '.repeat(100));
    const { code, stdout } = await baton(['run', 'second', ...options]);
    expect(code).toBe(0);
    expect(stdout).toContain('could not be removed: ');
    expect(there(project, old)).toEqual(ALL);
  });

  it('removes nothing where it is off', async () => {
    const project = createProject();
    const { options, steer, configure } = project;
    configure((config) => {
      config.workspace = { retention: { worktreesDays: 'off' } };
    });
    steer({ implementation: 'right' });
    const old = await built(project, 'first');
    await completedDaysAgo(project, old, 1000);
    steer({ discovery: 'fail' });
    await baton(['run', 'second', ...options]);
    expect(there(project, old)).toEqual(ALL);
  });
});
