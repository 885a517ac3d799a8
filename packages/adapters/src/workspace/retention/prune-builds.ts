import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../../files/file-trees.ts';
import { explainedFailure } from '../../files/files.ts';
import { tryWithLock } from '../../files/lock.ts';
import { createGit, type Git } from '../../git/git.ts';
import { remoteOf } from '../../git/remote.ts';
import { checkRemote } from '../../git/remote-address.ts';
import { hasRecordedGroups } from '../../process/group-records.ts';
import { judgePaths } from '../build-paths.ts';
import { findPlace, type Place } from '../find-place.ts';
import { removeWorktree } from '../worktree.ts';
import { type BuildFiles, listFiles } from './build-files.ts';
import { isHandedOver } from './checkpoint-refs.ts';
import type { BuildFilesOptions } from './list-build-files.ts';
import { type BuildStanding, decide, type PruneDecision, type PruneRules } from './prune-rules.ts';
import { type PrunedPart, partsOf } from './pruned-parts.ts';
import {
  decideShared,
  type RemoteCheckpoints,
  remoteCheckpointsOf,
  type SharedDecision,
} from './remote-checkpoints.ts';

/** Options of {@link pruneBuilds}. */
export interface PruneOptions extends BuildFilesOptions {
  /**
   * Returns the state of a build. A rejection ends the whole call, so return `open` when the state is
   * unknown.
   */
  readonly standingOf: (workflowId: string) => Promise<BuildStanding>;
  /** What may be removed. */
  readonly rules: PruneRules;
  /** Whether to only report what would be removed. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** Whether to measure what is removed and what stays. Default: false. */
  readonly measure?: boolean | undefined;
  /** Ends the work early; the rest stays for the next call. */
  readonly signal?: AbortSignal | undefined;
}

/** The result for one build. */
export interface PrunedBuild {
  readonly workflowId: string;
  readonly standing: BuildStanding['kind'];
  /** What was removed, or would be with `dryRun`. */
  readonly removed: readonly PrunedPart[];
  /** What still exists. */
  readonly left: readonly PrunedPart[];
  /** Why something stays; absent when nothing does. */
  readonly kept?: string;
  /** What could not be removed and why. */
  readonly problems: readonly string[];
}

/**
 * Removes files of builds as `rules` permit: worktrees, then checkpoints and records. It changes nothing in
 * stores. It skips builds that a process works on. From a remote it removes only the checkpoints of complete builds. It names what cannot be removed and removes the rest.
 *
 * @throws BatonError `invalid_input` for an unusable repository; `unavailable` when git fails.
 * @example
 * import { pruneBuilds } from '@baton/adapters/workspace';
 * await pruneBuilds({
 *   repository: '/home/ada/shop',
 *   standingOf: async () => ({ kind: 'unknown' }),
 *   rules: {
 *     now: Date.now(),
 *     worktreesAfterMs: 7 * 86_400_000,
 *     checkpointsAfterMs: 90 * 86_400_000,
 *     handedOver: true,
 *     unknown: true,
 *     discard: false,
 *   },
 *   dryRun: true,
 * });
 */
export async function pruneBuilds(options: PruneOptions): Promise<readonly PrunedBuild[]> {
  const { rules, standingOf, signal, env = process.env } = options;
  const git = createGit({ env, lockWaitMs: options.lockWaitMs ?? 10_000 });
  const place = await findPlace(git, options, env);
  const remote = remoteIn(git, place, options);
  const wanted = (one: BuildFiles) => rules.only?.includes(one.workflowId) ?? true;
  const all = await listFiles(git, place, recordsOf(place, options), remote !== undefined);
  const standings = new Map<string, BuildStanding>();
  // Rank all builds, not only those that were named.
  for (const { workflowId } of all) {
    if (signal?.aborted) return [];
    standings.set(workflowId, await standingOf(workflowId));
  }
  const ranks = ranksOf(standings);
  const pruned: PrunedBuild[] = [];
  for (const files of all.filter(wanted)) {
    if (signal?.aborted) break;
    const standing = standings.get(files.workflowId) ?? { kind: 'unknown' };
    const checkpoint = standing.kind === 'complete' ? standing.checkpoint : undefined;
    const commit = checkpoint ?? files.checkpoints?.id ?? '';
    const decision = await decide(
      {
        files,
        standing,
        rank: ranks.get(files.workflowId),
        isHandedOver: () => isHandedOver(git, place.repository, commit),
      },
      rules,
    );
    const decided = await decideShared({ files, standing, decision }, rules, remote);
    pruned.push(await apply({ git, place, options, files, standing, remote, ...decided }));
  }
  return pruned;
}

function remoteIn(
  git: Git,
  { repository }: Place,
  { remote, signal, env = process.env, ...options }: PruneOptions,
): RemoteCheckpoints | undefined {
  if (remote === undefined) return undefined;
  const { remoteTimeoutMs: timeoutMs } = options;
  const address = checkRemote(remote);
  return remoteCheckpointsOf(remoteOf({ git, env, repository, address, timeoutMs }), signal);
}

function ranksOf(standings: ReadonlyMap<string, BuildStanding>): ReadonlyMap<string, number> {
  const complete = [...standings].flatMap(([id, standing]) =>
    standing.kind === 'complete' ? [{ id, at: standing.at }] : [],
  );
  return new Map(complete.sort((a, b) => b.at - a.at).map(({ id }, rank) => [id, rank]));
}

interface Work extends SharedDecision {
  readonly git: Git;
  readonly place: Place;
  readonly options: PruneOptions;
  readonly files: BuildFiles;
  readonly standing: BuildStanding;
  readonly remote: RemoteCheckpoints | undefined;
}

async function apply(work: Work): Promise<PrunedBuild> {
  const { files, standing, decision, options, git, place } = work;
  const { workflowId } = files;
  const parts = [
    ...(await partsOf(files, { ...options, git, repository: place.repository })),
    ...remotePart(work),
  ];
  const goes = ({ kind }: PrunedPart): boolean => {
    if (kind === 'remote checkpoints') return work.removesShared;
    if (kind === 'set aside') return files.elsewhere === undefined;
    return (
      decision.remove === 'everything' || (decision.remove === 'worktree' && kind === 'worktree')
    );
  };
  const base = { workflowId, standing: standing.kind };
  const told = decision.kept === undefined ? {} : { kept: decision.kept };
  const removed = parts.filter(goes);
  const left = parts.filter((part) => !goes(part));
  if (removed.length === 0) return { ...base, ...told, removed, left, problems: [] };
  const stays = (kept: string) => ({ ...base, kept, removed: [], left: parts, problems: [] });
  const worktrees = [files.paths, judgePaths(files.paths)];
  if (worktrees.some(({ groups, worktree }) => hasRecordedGroups(groups, worktree))) {
    return stays('commands run in its worktree');
  }
  const problems = await underLocks(work, async () =>
    options.dryRun ? [] : remove(work, decision.remove),
  ).catch((reason: unknown) => [explainedFailure(reason).message]);
  if (problems === undefined) return stays('a process works on it');
  if (problems.length > 0)
    return { ...stays(decision.kept ?? 'not all of it could be removed'), problems };
  return { ...base, ...told, removed, left, problems };
}

function remotePart({ shared, remote, options }: Work): readonly PrunedPart[] {
  if (remote === undefined || shared.size === 0) return [];
  const size = { bytes: 0, whole: true };
  const part = { kind: 'remote checkpoints', place: remote.address } as const;
  return [{ ...part, ...(options.measure && { size }) }];
}

/** Runs `work` while no process performs or opens the build; undefined when one does. */
async function underLocks<T>(
  { files, place, options }: Work,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const { paths, records } = files;
  const locks = [paths.lock];
  if (records.length > 0) locks.push(runLockOf(files.workflowId, place, options));
  // A dry run creates nothing, so it does not take locks whose files do not exist.
  const held = options.dryRun ? locks.filter((path) => existsSync(path)) : locks;
  if (!options.dryRun) await mkdir(paths.state, { recursive: true });
  const locked = held.reduceRight<() => Promise<T | undefined>>(
    (inner, path) => () => tryWithLock(path, inner),
    work,
  );
  return locked();
}

/** The lock of the process that performs the build. */
function runLockOf(workflowId: string, place: Place, options: PruneOptions): string {
  return join(recordsOf(place, options), `${workflowId}.lock`);
}

function recordsOf({ state }: Place, { records }: BuildFilesOptions): string {
  return records ?? join(state, 'runs');
}

/** Returns what could not be removed. Checkpoints go last, those here after those on the remote. */
async function remove(
  { git, place, files, options, remote, shared, removesShared }: Work,
  what: PruneDecision['remove'],
): Promise<readonly string[]> {
  const { paths, checkpoints, records, asides } = files;
  const { signal } = options;
  const problems: string[] = [];
  for (const folder of asides) problems.push(...(await removeTree(folder, signal)).problems);
  if (what !== 'nothing' && !signal?.aborted) {
    const first = await removeWorktree(git, place.repository, paths, signal);
    problems.push(...first.problems);
  }
  if (signal?.aborted) return ['there was no time for all of it: the rest goes another time'];
  if (problems.length > 0 || what !== 'everything') return problems;
  if (removesShared) await remote?.remove(shared);
  if (checkpoints !== undefined) {
    const { name, id } = checkpoints;
    await git(['update-ref', '--no-deref', '-d', name, id], { cwd: place.repository.root });
  }
  const { problems: left } = await removeTree(paths.state);
  const lock = runLockOf(files.workflowId, place, options);
  for (const path of [...records, lock]) await rm(path, { force: true });
  return left;
}
