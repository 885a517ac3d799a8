import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readIfThere } from '../../files/files.ts';
import type { Git } from '../../git/git.ts';
import {
  type BuildPaths,
  buildPaths,
  isWorkflowId,
  judgePaths,
  workflowOfWorktree,
} from '../build-paths.ts';
import type { Place } from '../find-place.ts';
import { asidesOf, workflowOfAside } from '../set-aside.ts';
import { namesIn, type Registration, registrationsOf } from '../worktree.ts';
import { type CheckpointRef, checkpointRefs } from './checkpoint-refs.ts';

/** The files of one build on this machine. */
export interface BuildFiles {
  readonly workflowId: string;
  /** The folder that it works in; undefined: none. */
  readonly worktree: string | undefined;
  /** The folder of its judges; undefined: none. */
  readonly judgeWorktree: string | undefined;
  /** Whether only git knows a worktree of it: it is from an earlier version, and its folder is gone. */
  readonly registeredOnly: boolean;
  /** Worktrees of it that could not be removed when they were in the way. */
  readonly asides: readonly string[];
  /** The folder of Baton's state for it; undefined: none. */
  readonly state: string | undefined;
  /** Files that record its request and the process that performs it. */
  readonly records: readonly string[];
  readonly checkpoints: CheckpointRef | undefined;
  /** State folder of another home of Baton that owns the build; such a build is left alone. */
  readonly elsewhere: string | undefined;
  /** When something of it last changed, in milliseconds since the Unix epoch. */
  readonly usedAt: number;
  /** Where its parts are, or would be. */
  readonly paths: BuildPaths;
}

/**
 * Lists the files of all builds of a repository by workflow id. A folder beside the worktrees that neither
 * git nor Baton's state knows belongs to no build and is left out.
 *
 * @param travels whether other homes of Baton may have made the checkpoints of a build that is also worked on here.
 */
export async function listFiles(
  git: Git,
  place: Place,
  records: string,
  travels: boolean,
): Promise<readonly BuildFiles[]> {
  const refs = await checkpointRefs(git, place.repository);
  const registered = new Map<string, Registration>();
  for (const one of await registrationsOf(place.repository)) {
    const workflowId = workflowOf(one, place);
    // A registration without a folder may be from an earlier place of the build.
    if (workflowId === undefined) continue;
    const isThere = (await changedAt(one.worktree ?? '')) > 0;
    if (isThere || !registered.has(workflowId)) registered.set(workflowId, one);
  }
  const recorded = Map.groupBy(await namesIn(records), (name) => name.replace(/\..*$/s, ''));
  const states = await namesIn(join(place.state, 'builds'));
  const ids = new Set([...refs.keys(), ...registered.keys(), ...recorded.keys(), ...states]);
  for (const name of await namesIn(place.worktrees)) {
    const aside = workflowOfAside(name);
    if (aside !== undefined) ids.add(aside);
    else if (await isOfRepository(join(place.worktrees, name), place)) {
      ids.add(workflowOfWorktree(name));
    }
  }
  const found = [...ids].filter(isWorkflowId).sort();
  return Promise.all(
    found.map(async (workflowId) => {
      const usual = buildPaths(place, workflowId);
      const registration = registered.get(workflowId);
      const placed = registration?.worktree ?? (await placeIn(usual)) ?? usual.worktree;
      const paths = { ...usual, worktree: placed };
      const judge = judgePaths(paths);
      const files = (recorded.get(workflowId) ?? []).map((name) => join(records, name));
      const checkpoints = refs.get(workflowId);
      const [worktree = 0, judged = 0, state = 0, ...times] = await Promise.all(
        [paths.worktree, judge.worktree, paths.state, paths.index, ...files].map(changedAt),
      );
      const maker = travels && state > 0 ? undefined : checkpoints?.state;
      const owner = registration?.state ?? maker ?? paths.state;
      return {
        workflowId,
        worktree: worktree > 0 ? paths.worktree : undefined,
        judgeWorktree: judged > 0 ? judge.worktree : undefined,
        registeredOnly: registration !== undefined && worktree === 0,
        asides: [...(await asidesOf(paths.worktree)), ...(await asidesOf(judge.worktree))],
        state: state > 0 ? paths.state : undefined,
        records: files,
        checkpoints,
        elsewhere: owner !== paths.state && (await changedAt(owner)) > 0 ? owner : undefined,
        usedAt: Math.max(worktree, judged, state, ...times, checkpoints?.at ?? 0),
        paths,
      };
    }),
  );
}

/** The build of a registered worktree; undefined for a worktree of the user. */
function workflowOf({ state, worktree }: Registration, place: Place): string | undefined {
  if (state !== undefined) return basename(state);
  // A process that is killed while it adds a worktree leaves one without a state.
  const ours = worktree !== undefined && dirname(worktree) === place.worktrees;
  return ours ? basename(worktree) : undefined;
}

/** The recorded path of a build's worktree. */
async function placeIn({ place, workflowId }: BuildPaths): Promise<string | undefined> {
  const found = (await readIfThere(place))?.toString();
  return found !== undefined && basename(found) === workflowId ? found : undefined;
}

/** Whether a folder is marked as the worktree of a build of this repository. */
async function isOfRepository(folder: string, { repository, ...places }: Place): Promise<boolean> {
  const link = await readIfThere(join(folder, '.git')).catch(() => undefined);
  const gitDir = /^gitdir: (.+)$/m.exec(link?.toString() ?? '')?.[1];
  const workflowId = workflowOfWorktree(basename(folder));
  if (gitDir === undefined || !isWorkflowId(workflowId)) return false;
  const paths = buildPaths(places, workflowId);
  if (gitDir === paths.git || gitDir === judgePaths(paths).git) return true;
  return dirname(gitDir) === join(repository.commonDir, 'worktrees');
}

/** 0 when there is nothing. */
async function changedAt(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  return found?.mtimeMs ?? 0;
}
