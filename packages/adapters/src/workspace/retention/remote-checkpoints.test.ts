import { renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { by, createSharedBuild, type SharedBuild } from '../testing/shared-build.ts';
import { type TestRepository, writeFiles } from '../testing/test-repository.ts';
import { pruneBuilds } from './prune-builds.ts';
import type { BuildStanding, PruneRules } from './prune-rules.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2030, 0, 1);

const RULES: PruneRules = {
  now: NOW,
  worktreesAfterMs: 0,
  checkpointsAfterMs: 90 * DAY,
  handedOver: true,
  unknown: true,
  discard: false,
};

const endedDaysAgo = (days: number): BuildStanding => ({ kind: 'complete', at: NOW - days * DAY });

/** Builds of which one machine made a checkpoint, and the other went on with it. */
async function built({ remote, one, other }: SharedBuild, ...ids: readonly string[]) {
  for (const id of ids) {
    const workspace = await one.provider({}, { remote: remote.path }).open(id, undefined);
    writeFiles(workspace.path, { 'a.txt': `by ${id}\n` });
    const checkpoint = await workspace.checkpoint('after implementation');
    await workspace.publish?.(checkpoint, by(1, 1));
    const next = await other.provider({}, { remote: remote.path }).open(id, checkpoint);
    await next.publish?.(await next.checkpoint('after testing'), by(1, 1));
  }
}

function prune(
  { remote }: SharedBuild,
  { path, env }: TestRepository,
  standings: Readonly<Record<string, BuildStanding>>,
  rules: Partial<PruneRules> = {},
) {
  return pruneBuilds({
    repository: path,
    env,
    remote: remote.path,
    standingOf: async (id) => standings[id] ?? { kind: 'unknown' },
    rules: { ...RULES, ...rules },
  });
}

const idsOn = ({ remote }: SharedBuild) =>
  new Set(remote.shared().map((line) => line.split('/')[2]));

test('complete builds lose their checkpoints on the remote after their time, others keep them', async () => {
  const shared = createSharedBuild();
  await built(shared, 'old', 'fresh', 'open', 'nobodys');
  const standings = {
    old: endedDaysAgo(91),
    fresh: endedDaysAgo(89),
    open: { kind: 'open', why: 'it is in testing' },
  } as const;
  const found = await prune(shared, shared.other, standings);
  expect(idsOn(shared)).toEqual(new Set(['fresh', 'nobodys', 'open']));
  expect(found.find(({ workflowId }) => workflowId === 'old')).toMatchObject({
    removed: expect.arrayContaining([{ kind: 'remote checkpoints', place: shared.remote.path }]),
    problems: [],
  });
  expect(await prune(shared, shared.one, standings)).toMatchObject([
    { workflowId: 'fresh' },
    { workflowId: 'nobodys' },
    { workflowId: 'old', problems: [] },
    { workflowId: 'open', removed: [] },
  ]);
  expect(shared.one.git(['for-each-ref', 'refs/baton/old'])).toBe('');
});

test('a build whose work has a branch here keeps its checkpoints for other machines', async () => {
  const shared = createSharedBuild();
  const { remote, one, other } = shared;
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  writeFiles(workspace.path, { 'a.txt': 'two\n' });
  const checkpoint = await workspace.checkpoint('after deployment');
  await workspace.publish?.(checkpoint, by(1, 1));
  const asked = { workflowId: 'w', checkpoint, branch: 'baton/work', message: 'Work', at: 0 };
  await one.provider({}, { remote: remote.path }).handOver(asked);
  expect(await prune(shared, one, { w: endedDaysAgo(1) })).toMatchObject([
    {
      removed: [{ kind: 'worktree' }],
      kept: 'its checkpoints on the remote stay for other machines',
    },
  ]);
  const opened = await other.provider({}, { remote: remote.path }).open('w', checkpoint);
  expect(await opened.digest()).toBe(checkpoint.digest);
});

test('discarding an unfinished build removes what lies here of it, and nothing from the remote', async () => {
  const shared = createSharedBuild();
  await built(shared, 'w');
  const open = { kind: 'open', why: 'it is in testing' } as const;
  const before = shared.remote.shared();
  const found = await prune(shared, shared.one, { w: open }, { discard: true });
  expect(found).toMatchObject([{ left: [{ kind: 'remote checkpoints' }], problems: [] }]);
  expect(shared.one.git(['for-each-ref', 'refs/baton'])).toBe('');
  expect(shared.remote.shared()).toEqual(before);
});

test('while the remote is away, the records stay that say what lies there', async () => {
  const shared = createSharedBuild();
  await built(shared, 'w');
  const { path } = shared.remote;
  renameSync(path, `${path}.away`);
  const standings = { w: endedDaysAgo(91) };
  expect(await prune(shared, shared.one, standings)).toMatchObject([
    {
      removed: [{ kind: 'worktree' }],
      kept: expect.stringContaining('its remote cannot be asked: '),
    },
  ]);
  renameSync(`${path}.away`, path);
  await prune(shared, shared.one, standings);
  expect(shared.remote.shared()).toEqual([]);
});

test('a machine that only read the checkpoints of another removes what it has of them', async () => {
  const shared = createSharedBuild();
  const { remote, one, other } = shared;
  const workspace = await one.provider({}, { remote: remote.path }).open('w', undefined);
  const checkpoint = await workspace.checkpoint('after implementation');
  await workspace.publish?.(checkpoint, by(1, 1));
  await other.provider({}, { remote: remote.path }).open('w', checkpoint);
  await prune(shared, other, { w: endedDaysAgo(91) });
  expect(other.git(['for-each-ref', 'refs/baton'])).toBe('');
  expect(remote.shared()).toEqual([]);
});

test('a dry run leaves the remote as it is', async () => {
  const shared = createSharedBuild();
  await built(shared, 'w');
  const before = shared.remote.shared();
  const { path, env } = shared.one;
  const found = await pruneBuilds({
    repository: path,
    env,
    remote: shared.remote.path,
    standingOf: async () => endedDaysAgo(91),
    rules: RULES,
    dryRun: true,
  });
  expect(found).toMatchObject([
    { removed: expect.arrayContaining([expect.objectContaining({ kind: 'remote checkpoints' })]) },
  ]);
  expect(shared.remote.shared()).toEqual(before);
});
