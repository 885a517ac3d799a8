import type { Checkpoint, Workspace } from '@baton/core';
import { pathText } from '../files/files.ts';
import { makeTreeWritable, makeWritable } from '../files/make-writable.ts';
import type { Git } from '../git/git.ts';
import {
  digestOfSettings,
  keepBuildSettings,
  readBuildSettings,
  recallBuildSettings,
  recallOwnSettings,
} from '../git/git-settings.ts';
import { copyIndexIfThere, headOf } from '../git/repository.ts';
import { listTree, modeOf, SUBMODULE, type TreeEntries } from '../git/tree-entries.ts';
import { endRecordedGroups } from '../process/group-records.ts';
import type { BuildRules } from './build-rules.ts';
import type { BuildContext, BuildTools, Opened } from './build-tools.ts';
import { type CheckpointRecord, type Checkpoints, checkpointsOf } from './checkpoint.ts';
import { withFilterPrograms } from './filter-programs.ts';
import { ignoreRules } from './ignore-rules.ts';
import { listIgnored, writeIgnoreFile } from './ignored-files.ts';
import { recallPreparation, takeOutOthers } from './preparation.ts';
import { privateGits, type WithPrivateGit } from './private-git.ts';
import { type RestoreTarget, restore } from './restore.ts';
import { isInTheWay, makeRoom } from './set-aside.ts';
import { type Snapshot, snapshotsOf } from './snapshot.ts';
import { submodulesOf } from './submodules.ts';
import { workspaceOf } from './workspace.ts';
import { worktreeOf } from './worktree.ts';

/** Opens the workspace of a build with the files of `checkpoint`, or with the initial ones. */
export async function openWorkspace(
  context: BuildContext,
  checkpoint: Checkpoint | undefined,
): Promise<Workspace> {
  const { git, repository, paths } = context;
  const withGit = await privateGits(git, repository, paths);
  const checkpoints = checkpointsOf(git, repository, paths);
  const worktree = worktreeOf(git, repository, paths);
  await endRecordedGroups(paths.groups, paths.worktree);
  await worktree.removeLock();
  if (checkpoint !== undefined) await context.shared?.bring(paths.workflowId, checkpoint);
  const entry = await findTarget(checkpoints, checkpoint);
  const base = entry && (await checkpoints.baseOf(entry));
  const rules =
    base === undefined ? await newRules(context, withGit) : await rulesOf(context, withGit, base);
  const tools = {
    withGit,
    checkpoints,
    worktree,
    ...snapshotTools(context, withGit, rules),
  };
  const opened =
    entry === undefined || base === undefined
      ? await begin(context, rules, tools)
      : await bringBack(context, rules, tools, { entry, base });
  return workspaceOf(context, rules, tools, opened);
}

/** Finds the checkpoint to restore; undefined when the build has never been opened. */
async function findTarget(
  checkpoints: Checkpoints,
  checkpoint: Checkpoint | undefined,
): Promise<CheckpointRecord | undefined> {
  if (checkpoint === undefined) return checkpoints.first();
  const record = await checkpoints.find(checkpoint);
  await checkpoints.keep(record);
  return record;
}

async function newRules(build: BuildContext, withGit: WithPrivateGit): Promise<BuildRules> {
  // The settings are from before the build, and a partial clone may need to fetch.
  const git: Git = (args, call) => build.git(args, { ...call, mayFetch: true });
  const context = { ...build, git };
  const start = await headOf(context.git, context.repository);
  const pointers = await pointersOf(context, start);
  const read = await readBuildSettings(context, textsOf(pointers));
  await keepBuildSettings(context.paths.settings, read);
  return {
    start,
    pointers,
    settings: await withFilterPrograms(withGit, read, start, context.paths),
    settingsDigest: digestOfSettings(read),
    ignoreRules: await ignoreRules({ ...context, start }),
  };
}

/** @throws BatonError `data_loss` when the build's initial settings are gone. */
export async function rulesOf(
  context: Pick<BuildContext, 'git' | 'env' | 'repository' | 'paths' | 'shared'>,
  withGit: WithPrivateGit,
  base: CheckpointRecord,
): Promise<BuildRules> {
  const { start, settingsDigest, ignoreRules: rules } = base;
  const pointers = await pointersOf(context, start);
  const { settings: path } = context.paths;
  const submodules = textsOf(pointers);
  const recalled =
    context.shared === undefined
      ? await recallBuildSettings(path, settingsDigest, context, submodules)
      : await recallOwnSettings(path, context, submodules);
  const settings = await withFilterPrograms(withGit, recalled, start, context.paths);
  return { start, pointers, settings, settingsDigest, ignoreRules: rules };
}

async function pointersOf(
  { git, repository }: Pick<BuildContext, 'git' | 'repository'>,
  start: string,
): Promise<TreeEntries> {
  const call = { cwd: repository.root, env: { GIT_NO_REPLACE_OBJECTS: '1' } };
  const entries = await listTree((args) => git(args, call), start);
  return new Map([...entries].filter(([, entry]) => modeOf(entry) === SUBMODULE));
}

const textsOf = (pointers: TreeEntries): string[] => [...pointers.keys()].map(pathText);

function snapshotTools(
  { git, repository, paths }: BuildContext,
  withGit: WithPrivateGit,
  { start, pointers, settings, ignoreRules: rules }: BuildRules,
): Pick<BuildTools, 'submodules' | 'take'> {
  const { worktree } = paths;
  const submodules = submodulesOf({ git, withGit, repository, worktree, settings, pointers });
  const { objectFormat } = repository;
  const source = { withGit, worktree, objectFormat, start, ignoreRules: rules, submodules };
  return { submodules, take: snapshotsOf(source) };
}

function restoreTarget(
  { paths, keepIgnored }: BuildContext,
  rules: BuildRules,
  { withGit, submodules, take }: BuildTools,
): Omit<RestoreTarget, 'tree' | 'present'> {
  return { ...rules, withGit, worktree: paths.worktree, paths, keepIgnored, submodules, take };
}

/** Opens a build for the first time: checks out HEAD of the repository and records the resulting files. */
async function begin(context: BuildContext, rules: BuildRules, tools: BuildTools): Promise<Opened> {
  const { worktree, withGit, checkpoints } = tools;
  const { start, ignoreRules: ignored, settingsDigest } = rules;
  await makeRoom(context.paths.worktree, worktree, context.setAside);
  await worktree.create(rules);
  const target = restoreTarget(context, rules, tools);
  const files = await restore({ ...target, tree: start, present: new Map() });
  await stage(context, rules, tools);
  const entry = await withGit({ worktree: context.paths.worktree }, async (git) => {
    const tree = `${start}^{tree}`;
    const id = (await git.run(['rev-parse', '--verify', tree])).stdout.toString('latin1').trim();
    const { digest } = files;
    return checkpoints.begin(git, {
      tree: id,
      digest,
      start,
      ignoreRules: ignored,
      settingsDigest,
    });
  });
  await worktree.markComplete();
  return { entry, base: entry, files };
}

/** Restores the files; when that fails because of the worktree's content, creates the worktree again. */
async function bringBack(
  context: BuildContext,
  rules: BuildRules,
  tools: BuildTools,
  { entry, base }: Omit<Opened, 'files'>,
): Promise<Opened> {
  const { worktree } = tools;
  const bringTo = (present: Snapshot | undefined) =>
    bringFiles(context, rules, tools, { entry, present });
  if (await worktree.isIntact()) {
    const found =
      context.use === 'judge'
        ? asKept(context, rules, tools, entry)
        : inPlace(context, rules, tools, bringTo).then((files) => ({ files }));
    const opened = await found.catch((reason: unknown) => {
      if (!isInTheWay(reason)) throw reason;
      return undefined;
    });
    if (opened !== undefined) return { entry, base, ...opened };
  }
  await makeRoom(context.paths.worktree, worktree, context.setAside);
  await worktree.create(rules);
  const files = await bringTo(undefined);
  await worktree.markComplete();
  return { entry, base, files };
}

/** Reuses the worktree that was prepared for exactly these files; undefined when there is none. */
async function asKept(
  { paths, ...context }: BuildContext,
  rules: BuildRules,
  tools: BuildTools,
  { digest }: CheckpointRecord,
): Promise<Pick<Opened, 'files' | 'prepared'> | undefined> {
  const kept = await recallPreparation(paths.preparation);
  if (kept?.digest !== digest || !(await takeOutOthers(paths.worktree, kept))) return undefined;
  await tools.worktree.remakeGit(rules);
  await stage({ paths, ...context }, rules, tools);
  const files = await tools.take();
  return files.digest === digest ? { files, prepared: kept.key } : undefined;
}

async function inPlace(
  { paths, keepIgnored }: BuildContext,
  rules: BuildRules,
  { take, withGit, worktree }: BuildTools,
  bringTo: (present: Snapshot) => Promise<Snapshot>,
): Promise<Snapshot> {
  const present = await take();
  await worktree.renewGit(rules);
  const files = await bringTo(present);
  await makeWritable(paths.worktree, files.paths);
  if (files !== present) return files;
  const ignored = await withGit({ worktree: paths.worktree }, async (git) => {
    await writeIgnoreFile(git, rules.ignoreRules);
    return listIgnored(git, keepIgnored);
  });
  for (const path of ignored) await makeTreeWritable(paths.worktree, path.replace(/\/$/, ''));
  return files;
}

/** Restores the files of `entry`. `present` are the existing ones, undefined in a new worktree. */
async function bringFiles(
  context: BuildContext,
  rules: BuildRules,
  tools: BuildTools,
  { entry, present }: { entry: CheckpointRecord; present: Snapshot | undefined },
): Promise<Snapshot> {
  if (present?.digest === entry.digest) {
    if (!(await tools.worktree.isAt(entry.start))) await stage(context, rules, tools);
    return present;
  }
  const { tree, digest } = entry;
  const target = restoreTarget(context, rules, tools);
  const entries = present?.entries ?? new Map();
  const files = await restore({ ...target, tree, digest, present: entries });
  await stage(context, rules, tools);
  return files;
}

/** Sets HEAD of the worktree to the starting commit, with nothing staged. */
async function stage(
  { paths }: BuildContext,
  { settings, start }: BuildRules,
  { withGit, worktree }: BuildTools,
): Promise<void> {
  await withGit({ worktree: paths.worktree, settings }, async (git) => {
    await copyIndexIfThere(paths.index, git.index);
    // Keeps the index data of files that are the same in both.
    await git.run(['read-tree', '-i', '-m', start]);
    await worktree.setHead(start, git.index);
  });
}
