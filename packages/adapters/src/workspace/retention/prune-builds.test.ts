import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withLock } from '../../files/lock.ts';
import { recordGroupsIn } from '../../process/group-records.ts';
import { startOf } from '../../process/linux-processes.ts';
import { placesOf } from '../places.ts';
import {
  createTestRepository,
  type TestRepository,
  writeFiles,
} from '../testing/test-repository.ts';
import { listBuildFiles } from './list-build-files.ts';
import { type PruneOptions, pruneBuilds } from './prune-builds.ts';
import type { BuildStanding, PruneRules } from './prune-rules.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2030, 0, 1);

const RULES: PruneRules = {
  now: NOW,
  worktreesAfterMs: 7 * DAY,
  checkpointsAfterMs: 90 * DAY,
  handedOver: true,
  unknown: true,
  discard: false,
};

const endedDaysAgo = (days: number): BuildStanding => ({ kind: 'complete', at: NOW - days * DAY });

/** The files of a build that changed a file. */
async function built(repository: TestRepository, id: string): Promise<string> {
  const workspace = await repository.provider().open(id, undefined);
  writeFiles(workspace.path, { 'a.txt': `by ${id}\n`, 'node_modules/x/index.js': 'x' });
  const { commit } = await workspace.checkpoint('implementation');
  writeFiles(placesOf(repository.path, repository.env).state, { [`runs/${id}.json`]: '{}' });
  return commit;
}

function prune(
  { path, env }: TestRepository,
  standings: Readonly<Record<string, BuildStanding>>,
  rules: Partial<PruneRules> = {},
  more: Partial<PruneOptions> = {},
) {
  return pruneBuilds({
    repository: path,
    env,
    standingOf: async (id) => standings[id] ?? { kind: 'unknown' },
    rules: { ...RULES, ...rules },
    ...more,
  });
}

function there(repository: TestRepository, id: string): readonly string[] {
  const { worktree, state, settings, ref } = repository.build(id);
  const names = [
    existsSync(worktree) && 'worktree',
    repository.git(['for-each-ref', ref]) !== '' && 'checkpoints',
    existsSync(settings) ? 'settings' : existsSync(state) && 'state',
    existsSync(join(placesOf(repository.path, repository.env).state, 'runs', `${id}.json`)) &&
      'record',
  ];
  return names.filter((name) => name !== false);
}

const ALL = ['worktree', 'checkpoints', 'settings', 'record'];

test('the worktree of a complete build goes after its time, and its checkpoints still open', async () => {
  const repository = createTestRepository();
  const commit = await built(repository, 'old');
  await built(repository, 'fresh');
  const found = await prune(repository, { old: endedDaysAgo(8), fresh: endedDaysAgo(6) });
  expect(found).toMatchObject([
    { workflowId: 'fresh', removed: [], kept: 'it ended lately' },
    { workflowId: 'old', removed: [{ kind: 'worktree' }], problems: [] },
  ]);
  expect(there(repository, 'old')).toEqual(['checkpoints', 'settings', 'record']);
  expect(there(repository, 'fresh')).toEqual(ALL);
  // Settings other than the initial ones: only the kept ones can restore its files.
  repository.git(['config', 'core.autocrlf', 'input']);
  const tip = repository.git(['show', '--no-patch', '--format=%B', commit]);
  const digest = /Baton-Digest: (\S+)/.exec(tip)?.[1] ?? '';
  const again = await repository.provider().open('old', { commit, digest });
  expect(await again.digest()).toBe(digest);
});

test('checkpoints go once a branch below baton/ has the files, whatever was committed on it since', async () => {
  const repository = createTestRepository({ 'a.txt': 'one\n', 'b.txt': 'b\n' });
  const commit = await built(repository, 'w');
  const standings = { w: endedDaysAgo(8) };
  repository.git(['branch', 'elsewhere', commit]);
  repository.git(['branch', 'baton/another-x', 'main']);
  expect((await prune(repository, standings))[0]?.kept).toContain('no branch below baton/');
  repository.git(['branch', 'baton/greet-w', commit]);
  repository.git(['switch', '--quiet', 'baton/greet-w']);
  repository.commit({ 'a.txt': 'by a person\n' });
  repository.git(['switch', '--quiet', 'main']);
  expect((await prune(repository, standings, { handedOver: false }))[0]?.removed).toEqual([]);
  const [pruned] = await prune(repository, standings);
  const kinds = new Set(pruned?.removed.map(({ kind }) => kind));
  expect([...kinds]).toEqual(['checkpoints', 'records']);
  expect(there(repository, 'w')).toEqual([]);
  expect(await prune(repository, standings)).toEqual([]);
});

test('checkpoints that no branch has go when their time is over', async () => {
  const repository = createTestRepository();
  await built(repository, 'w');
  await prune(repository, { w: endedDaysAgo(89) });
  expect(there(repository, 'w')).toContain('checkpoints');
  await prune(repository, { w: endedDaysAgo(91) }, { checkpointsAfterMs: undefined });
  expect(there(repository, 'w')).toContain('checkpoints');
  await prune(repository, { w: endedDaysAgo(91) });
  expect(there(repository, 'w')).toEqual([]);
});

test('a build that may go on stays unless its work is to be discarded', async () => {
  const repository = createTestRepository();
  await built(repository, 'w');
  await built(repository, 'other');
  const open: BuildStanding = { kind: 'open', why: 'waits in error' };
  const standings = { w: open, other: open };
  const [, kept] = await prune(repository, standings, { worktreesAfterMs: 0 });
  expect(kept).toMatchObject({ removed: [], kept: 'it is not complete: waits in error' });
  expect(there(repository, 'w')).toEqual(ALL);
  await prune(repository, standings, { discard: true, worktreesAfterMs: 0, only: ['w'] });
  expect(there(repository, 'w')).toEqual([]);
  expect(there(repository, 'other')).toEqual(ALL);
});

test('the last builds stay as they are, told among all of them', async () => {
  const repository = createTestRepository();
  for (const id of ['a', 'b']) await built(repository, id);
  const standings = { a: endedDaysAgo(20), b: endedDaysAgo(30) };
  await prune(repository, standings, { keep: 1, only: ['a'] });
  expect(there(repository, 'a')).toEqual(ALL);
  await prune(repository, standings, { keep: 1 });
  expect(there(repository, 'a')).toEqual(ALL);
  expect(there(repository, 'b')).not.toContain('worktree');
});

test('a dry run tells what would go, with its size, and leaves everything', async () => {
  const repository = createTestRepository();
  await built(repository, 'w');
  rmSync(repository.build('w').lock);
  const more = { dryRun: true, measure: true };
  const [pruned] = await prune(repository, { w: endedDaysAgo(91) }, {}, more);
  expect(pruned?.removed.map(({ kind }) => kind)).toEqual([
    'worktree',
    'checkpoints',
    'records',
    'records',
  ]);
  for (const { size } of pruned?.removed ?? []) {
    expect(size).toEqual({ bytes: expect.toSatisfy((n) => n > 0), whole: true });
  }
  expect(there(repository, 'w')).toEqual(ALL);
  expect(existsSync(repository.build('w').lock)).toBe(false);
});

test.each(['run', 'build'] as const)(
  'a build whose %s lock is held is left alone',
  async (which) => {
    const repository = createTestRepository();
    await built(repository, 'w');
    const runLock = join(placesOf(repository.path, repository.env).state, 'runs', 'w.lock');
    const path = which === 'run' ? runLock : repository.build('w').lock;
    const [pruned] = await withLock(path, 0, () => prune(repository, { w: endedDaysAgo(91) }));
    expect(pruned).toMatchObject({ removed: [], kept: 'a process works on it' });
    expect(there(repository, 'w')).toEqual(ALL);
  },
);

test('what is left of builds that no store knows goes, once it was not used for a day', async () => {
  const repository = createTestRepository();
  for (const id of ['lost', 'gone']) await built(repository, id);
  rmSync(repository.build('gone').worktree, { recursive: true });
  rmSync(repository.build('gone').state, { recursive: true });
  const lately = { now: Date.now(), worktreesAfterMs: 0 };
  const [first] = await prune(repository, {}, lately);
  expect(first).toMatchObject({ removed: [], kept: expect.stringContaining('was used lately') });
  const [gone, lost] = await prune(
    repository,
    {},
    { worktreesAfterMs: 0, checkpointsAfterMs: undefined },
  );
  expect(gone).toMatchObject({ removed: [], kept: expect.stringContaining('no branch below') });
  expect(lost?.removed).toMatchObject([{ kind: 'worktree' }]);
  expect(there(repository, 'lost')).toEqual(['checkpoints', 'settings', 'record']);
  await prune(repository, {}, { worktreesAfterMs: 0 });
  for (const id of ['lost', 'gone']) expect(there(repository, id)).toEqual([]);
});

test("folders beside the worktrees, and the user's own worktrees, are left alone", async () => {
  const repository = createTestRepository();
  await built(repository, 'w');
  const { worktree } = repository.build('w');
  const beside = join(dirname(worktree), 'thesis');
  writeFiles(beside, { 'chapter-1.txt': 'Call me Ishmael.' });
  const own = join(repository.home, 'own');
  repository.git(['worktree', 'add', '--quiet', own]);
  const found = await prune(repository, {}, { discard: true, worktreesAfterMs: 0 });
  expect(found.map(({ workflowId }) => workflowId)).toEqual(['w']);
  expect(existsSync(join(beside, 'chapter-1.txt'))).toBe(true);
  expect(existsSync(join(own, 'a.txt'))).toBe(true);
});

test('a build whose lock cannot be had is named, and the others go', async () => {
  const repository = createTestRepository();
  for (const id of ['a', 'w']) await built(repository, id);
  const { lock } = repository.build('a');
  rmSync(lock);
  writeFileSync(lock, 'no database '.repeat(100));
  const [a, w] = await prune(repository, { a: endedDaysAgo(8), w: endedDaysAgo(8) });
  expect(a).toMatchObject({ removed: [], problems: [expect.stringContaining('not a database')] });
  expect(there(repository, 'a')).toEqual(ALL);
  expect(w?.removed).toMatchObject([{ kind: 'worktree' }]);
});

test('a build whose commands still run is left alone', async () => {
  const repository = createTestRepository();
  await built(repository, 'w');
  const { groups, worktree } = repository.build('w');
  const server = spawn('sleep', ['60'], { cwd: worktree, detached: true });
  onTestFinished(() => void server.kill('SIGKILL'));
  writeFileSync(join(groups, String(server.pid)), startOf(server.pid ?? 0) ?? '');
  const [pruned] = await prune(repository, { w: endedDaysAgo(91) }, { discard: true });
  expect(pruned).toMatchObject({ removed: [], kept: 'commands run in its worktree' });
  expect(there(repository, 'w')).toEqual(ALL);
});

/** Registers a build's worktree, as earlier versions did. */
function register(repository: TestRepository, id: string): string {
  const { worktree, groups, git } = repository.build(id);
  for (const path of [worktree, git]) rmSync(path, { recursive: true, force: true });
  repository.git(['worktree', 'add', '--quiet', '--detach', worktree]);
  recordGroupsIn(join(repository.path, '.git', 'worktrees', id), groups);
  return worktree;
}

test('a registration that an earlier place has left is removed with its folder gone', async () => {
  const repository = createTestRepository();
  const worktree = register(repository, 'w');
  const { state } = repository.build('w');
  for (const path of [worktree, state]) rmSync(path, { recursive: true });
  const env = { ...repository.env, BATON_HOME: join(repository.home, 'another') };
  const [pruned] = await prune(repository, {}, {}, { env });
  expect(pruned?.removed).toMatchObject([{ kind: 'worktree', place: worktree }]);
  expect(repository.git(['worktree', 'list'])).not.toContain(worktree);
});

test('the worktree that an earlier version has registered goes, and its registration with it', async () => {
  const repository = createTestRepository();
  await built(repository, 'w');
  const worktree = register(repository, 'w');
  await prune(repository, { w: endedDaysAgo(8) });
  expect(there(repository, 'w')).toEqual(['checkpoints', 'settings', 'record']);
  expect(repository.git(['worktree', 'list'])).not.toContain(worktree);
});

test('a build of another home of Baton is left alone', async () => {
  const repository = createTestRepository();
  await built(repository, 'w');
  const env = { ...repository.env, BATON_HOME: join(repository.home, 'another') };
  const [found] = await prune(repository, {}, { discard: true }, { env });
  expect(found).toMatchObject({ removed: [], kept: expect.stringContaining('it belongs to') });
  expect(there(repository, 'w')).toEqual(ALL);
});

test('the worktree goes from the folder where it is, whatever the setting says by now', async () => {
  const repository = createTestRepository();
  await built(repository, 'w');
  const directory = join(repository.home, 'elsewhere');
  await prune(repository, { w: endedDaysAgo(8) }, {}, { directory });
  expect(there(repository, 'w')).toEqual(['checkpoints', 'settings', 'record']);
});

test('what ends early goes on another time', async () => {
  const repository = createTestRepository();
  await built(repository, 'w');
  const standings = { w: endedDaysAgo(8) };
  expect(await prune(repository, standings, {}, { signal: AbortSignal.abort() })).toEqual([]);
  expect(there(repository, 'w')).toEqual(ALL);
  let looks = 0;
  const midway = {
    get aborted() {
      looks += 1;
      return looks > 5;
    },
  } as AbortSignal;
  const [stopped] = await prune(repository, standings, {}, { signal: midway });
  expect(stopped).toMatchObject({ removed: [], problems: [expect.stringContaining('no time')] });
  expect(there(repository, 'w')).toEqual(ALL);
  await prune(repository, standings);
  expect(there(repository, 'w')).toEqual(['checkpoints', 'settings', 'record']);
});

const isRoot = process.getuid?.() === 0;

/** Prunes in a process of a user for whom read-only modes apply, unlike for root. */
function pruneAsUser(repository: TestRepository): unknown {
  const script = `
    import { pruneBuilds } from ${JSON.stringify(join(import.meta.dirname, 'prune-builds.ts'))};
    const found = await pruneBuilds({
      repository: ${JSON.stringify(repository.path)},
      standingOf: async () => (${JSON.stringify(endedDaysAgo(8))}),
      rules: ${JSON.stringify(RULES)},
    });
    console.log(JSON.stringify(found));`;
  const node = ['--conditions=baton-source', '--no-warnings', '--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, node, {
    env: repository.env,
    cwd: import.meta.dirname,
    encoding: 'utf8',
    ...(isRoot && { uid: 65_534, gid: 65_534 }),
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

test('what a role has made read-only goes, too', async () => {
  const repository = createTestRepository();
  await built(repository, 'w');
  const { worktree } = repository.build('w');
  writeFiles(worktree, { 'made/deep/file': '' });
  if (isRoot) spawnSync('chown', ['-R', '65534:65534', dirname(repository.path)]);
  for (const folder of ['made/deep', 'made']) chmodSync(join(worktree, folder), 0o555);
  expect(pruneAsUser(repository)).toMatchObject([
    { workflowId: 'w', removed: [{ kind: 'worktree' }], problems: [] },
  ]);
  expect(existsSync(worktree)).toBe(false);
});

test.runIf(isRoot)('what cannot be removed is named, and the rest goes', async () => {
  const repository = createTestRepository();
  for (const id of ['a', 'w']) await built(repository, id);
  spawnSync('chown', ['-R', '65534:65534', dirname(repository.path)]);
  const stuck = join(repository.build('a').worktree, 'made-by-root');
  writeFiles(stuck, { file: '' });
  expect(pruneAsUser(repository)).toMatchObject([
    { workflowId: 'a', removed: [], problems: [expect.stringContaining(join(stuck, 'file'))] },
    { workflowId: 'w', removed: [{ kind: 'worktree' }], problems: [] },
  ]);
  expect(existsSync(join(repository.build('a').worktree, 'a.txt'))).toBe(false);
});

test('what lies there is measured, for as long as there is time', async () => {
  const repository = createTestRepository();
  await built(repository, 'w');
  const options = { repository: repository.path, env: repository.env };
  const { builds, size, worktrees } = await listBuildFiles(options);
  expect(worktrees).toBe(dirname(repository.build('w').worktree));
  expect(builds).toMatchObject([{ workflowId: 'w', checkpoints: { name: 'refs/baton/w' } }]);
  expect(size.whole).toBe(true);
  expect(size.bytes).toBeGreaterThan(10_000);
  expect((await listBuildFiles(options, AbortSignal.abort())).size).toEqual({
    bytes: 0,
    whole: false,
  });
});
