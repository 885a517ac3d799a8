import type { Checkpoint, Workspace } from '@baton/core';
import { endRecordedGroups } from '../processes/group-records.ts';
import type { BuildPaths } from './build-paths.ts';
import { type CheckpointRecord, type Checkpoints, checkpointsOf } from './checkpoint.ts';
import type { Environment } from './environment.ts';
import { fieldsOf, type Git, textOf } from './git.ts';
import { ignoreRules } from './ignore-rules.ts';
import { withIndex } from './index-file.ts';
import { resolveInside } from './jail.ts';
import { headOf, type Repository } from './repository.ts';
import { restore } from './restore.ts';
import { keepIgnoreRules, openShadow, type Shadow } from './shadow.ts';
import { snapshot } from './snapshot.ts';
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
  readonly shadow: Shadow;
  readonly worktree: Worktree;
  readonly checkpoints: Checkpoints;
}

/** Opens the workspace of a build with the files of `checkpoint`, or those it began with. */
export async function openWorkspace(
  context: BuildContext,
  checkpoint: Checkpoint | undefined,
): Promise<Workspace> {
  const { git, repository, paths } = context;
  const shadow = await openShadow(git, repository, paths);
  const commitTree = async (args: readonly string[], message: string) =>
    textOf(await shadow.run(['commit-tree', ...args], { input: Buffer.from(message) }));
  const checkpoints = checkpointsOf(git, repository, paths, commitTree);
  const worktree = worktreeOf(git, repository, paths);
  const parts: Parts = { shadow, worktree, checkpoints };
  await endRecordedGroups(paths.groups, paths.worktree);
  await worktree.removeLocks();
  const target = await findTarget(checkpoints, checkpoint);
  if (target === undefined) {
    return workspaceOf(context, parts, await begin(context, parts));
  }
  await bringBack(context, parts, target);
  return workspaceOf(context, parts, target);
}

/** What to restore; undefined when the build has never been opened. */
async function findTarget(
  checkpoints: Checkpoints,
  checkpoint: Checkpoint | undefined,
): Promise<CheckpointRecord | undefined> {
  const tip = await checkpoints.tip();
  if (checkpoint === undefined) return tip && checkpoints.baseOf(tip);
  const record = await checkpoints.find(checkpoint);
  if (tip === undefined) await checkpoints.restoreRef(record);
  return record;
}

/** First opening: checks out the repository's HEAD and remembers the files as they came out. */
async function begin(context: BuildContext, parts: Parts): Promise<CheckpointRecord> {
  const { worktree, shadow, checkpoints } = parts;
  const start = await headOf(context.git, context.repository);
  await worktree.create(start);
  await keepIgnoreRules(shadow, () => ignoreRules({ ...context, start }));
  const tree = await withIndex(shadow, (indexed) => snapshot(indexed, start));
  const first = await checkpoints.record({ tree, start, head: start, label: 'start' });
  await worktree.markComplete();
  return checkpoints.find(first);
}

async function bringBack(
  context: BuildContext,
  parts: Parts,
  target: CheckpointRecord,
): Promise<void> {
  const { worktree, shadow } = parts;
  await keepIgnoreRules(shadow, () => ignoreRules({ ...context, start: target.start }));
  const intact = await worktree.isIntact();
  if (!intact) await worktree.create(target.start);
  const changed = await withIndex(shadow, (indexed) =>
    restore(indexed, {
      worktree: context.paths.worktree,
      start: target.start,
      tree: target.tree,
      keepIgnored: context.keepIgnored,
    }),
  );
  if (changed || (await worktree.head()) !== target.head) await worktree.setHead(target.head);
  if (!intact) await worktree.markComplete();
}

/** Git's paths are bytes, which are kept as Latin-1 here. */
function pathText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function workspaceOf(context: BuildContext, parts: Parts, entry: CheckpointRecord): Workspace {
  const { worktree, shadow, checkpoints } = parts;
  const { start } = entry;
  const path = context.paths.worktree;
  const take = () => withIndex(shadow, (indexed) => snapshot(indexed, start));
  return {
    path,
    digest: () => context.exclusively(take),
    checkpoint: (label) =>
      context.exclusively(async () => {
        const tree = await take();
        const head = (await worktree.head()) ?? start;
        return checkpoints.record({ tree, start, head, label });
      }),
    changedFiles: (since) =>
      context.exclusively(async () => {
        const { tree } = since === 'entry' ? entry : await checkpoints.baseOf(entry);
        const options = ['-r', '-z', '--name-only', '--no-renames'];
        const changed = await shadow.run(['diff-tree', ...options, tree, await take()]);
        return fieldsOf(changed).map(pathText).sort();
      }),
    resolve: (relative) => resolveInside(path, relative),
  };
}
