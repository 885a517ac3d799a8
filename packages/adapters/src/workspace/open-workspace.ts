import type { Checkpoint, Workspace } from '@baton/core';
import { endRecordedGroups } from '../processes/group-records.ts';
import type { BuildPaths } from './build-paths.ts';
import { type CheckpointRecord, type Checkpoints, checkpointsOf } from './checkpoint.ts';
import type { Environment } from './environment.ts';
import { fieldsOf, type Git, type GitResult } from './git.ts';
import { ignoreRules } from './ignore-rules.ts';
import { resolveInside } from './jail.ts';
import { headOf, type Repository } from './repository.ts';
import { restore } from './restore.ts';
import { type Shadow, shadowsOf, type WithShadow } from './shadow.ts';
import { isUnstorable, snapshot } from './snapshot.ts';
import { type Worktree, worktreeOf } from './worktree.ts';

export interface BuildContext {
  readonly git: Git;
  readonly env: Environment;
  readonly repository: Repository;
  readonly paths: BuildPaths;
  /** Rules of what to ignore, beside those that the user's settings and the commit have. */
  readonly ignored: readonly string[];
  /** Names of ignored files and folders that a restore leaves. */
  readonly keepIgnored: readonly string[];
  /** Runs one task on this build at a time. */
  readonly exclusively: <T>(task: () => Promise<T>) => Promise<T>;
}

interface Parts {
  readonly withShadow: WithShadow;
  readonly worktree: Worktree;
  readonly checkpoints: Checkpoints;
}

/** The checkpoint that a workspace is opened with, and the first one of its build. */
interface Opened {
  readonly entry: CheckpointRecord;
  readonly base: CheckpointRecord;
}

/** Opens the workspace of a build with the files of `checkpoint`, or those it began with. */
export async function openWorkspace(
  context: BuildContext,
  checkpoint: Checkpoint | undefined,
): Promise<Workspace> {
  const { git, repository, paths } = context;
  const withShadow = await shadowsOf(git, repository, paths);
  const checkpoints = checkpointsOf(git, repository, paths);
  const worktree = worktreeOf(git, repository, paths);
  const parts: Parts = { withShadow, worktree, checkpoints };
  await endRecordedGroups(paths.groups, paths.worktree);
  await worktree.removeLocks();
  const entry = await findTarget(checkpoints, checkpoint);
  if (entry === undefined) {
    const first = await begin(context, parts);
    return workspaceOf(context, parts, { entry: first, base: first });
  }
  const opened = { entry, base: await checkpoints.baseOf(entry) };
  await bringBack(context, parts, opened);
  return workspaceOf(context, parts, opened);
}

/** What to restore; undefined when the build has never been opened. */
async function findTarget(
  checkpoints: Checkpoints,
  checkpoint: Checkpoint | undefined,
): Promise<CheckpointRecord | undefined> {
  if (checkpoint === undefined) return checkpoints.first();
  const record = await checkpoints.find(checkpoint);
  await checkpoints.keep(record);
  return record;
}

/** First opening: checks out the repository's HEAD and remembers the files as they came out. */
async function begin(context: BuildContext, parts: Parts): Promise<CheckpointRecord> {
  const { worktree, withShadow, checkpoints } = parts;
  const start = await headOf(context.git, context.repository);
  await worktree.create(start);
  const rules = await ignoreRules({ ...context, start });
  const first = await withShadow(rules, async (shadow) => {
    const tree = await snapshot(shadow, start);
    return checkpoints.begin(shadow, { tree, start, ignoreRules: rules });
  });
  await worktree.markComplete();
  return first;
}

async function bringBack(
  context: BuildContext,
  { worktree, withShadow }: Parts,
  { entry, base }: Opened,
): Promise<void> {
  let intact = await worktree.isIntact();
  if (!intact) await worktree.create(entry.start);
  const restored = (): Promise<boolean> =>
    withShadow(base.ignoreRules, (shadow) =>
      restore(shadow, {
        worktree: context.paths.worktree,
        start: entry.start,
        tree: entry.tree,
        keepIgnored: context.keepIgnored,
      }),
    );
  const changed = await restored().catch(async (reason: unknown) => {
    // What git cannot store it cannot take away either.
    if (!isUnstorable(reason)) throw reason;
    intact = false;
    await worktree.create(entry.start);
    return restored();
  });
  if (changed || (await worktree.head()) !== entry.head) await worktree.setHead(entry.head);
  if (!intact) await worktree.markComplete();
}

const NAMES = ['-r', '-z', '--name-only'];

/** The names that git answers, sorted. They are bytes, which are kept as Latin-1 until here. */
function pathsIn(result: GitResult): string[] {
  return fieldsOf(result)
    .map((bytes) => Buffer.from(bytes, 'latin1').toString('utf8'))
    .sort();
}

function workspaceOf(
  context: BuildContext,
  { worktree, withShadow, checkpoints }: Parts,
  { entry, base }: Opened,
): Workspace {
  const { start } = entry;
  const path = context.paths.worktree;
  let latest = entry;
  /** Hands `work` a snapshot of the files as they are now. */
  const taken = <T>(work: (tree: string, shadow: Shadow) => T | Promise<T>): Promise<T> =>
    context.exclusively(() =>
      withShadow(base.ignoreRules, async (shadow) => work(await snapshot(shadow, start), shadow)),
    );
  return {
    path,
    digest: async (of) => {
      if (of === undefined) return taken((tree) => tree);
      return of === 'entry' ? entry.tree : base.tree;
    },
    files: () =>
      taken(async (tree, shadow) => pathsIn(await shadow.run(['ls-tree', ...NAMES, tree]))),
    checkpoint: (label) =>
      taken(async (tree, shadow) => {
        const head = (await worktree.head()) ?? start;
        latest = await checkpoints.record(shadow, { tree, head, label, after: latest });
        return { commit: latest.commit, digest: tree };
      }),
    changedFiles: (since) =>
      taken(async (tree, shadow) => {
        const before = since === 'entry' ? entry.tree : base.tree;
        const diff = ['diff-tree', ...NAMES, '--no-renames', before, tree];
        return pathsIn(await shadow.run(diff));
      }),
    resolve: (relative) => resolveInside(path, relative),
  };
}
