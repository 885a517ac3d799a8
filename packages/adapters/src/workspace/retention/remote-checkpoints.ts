import { BatonError } from '@baton/core';
import { explainedFailure } from '../../files/files.ts';
import type { Remote } from '../../git/remote.ts';
import { SHARED, workflowOfShared } from '../shared-refs.ts';
import type { BuildFiles } from './build-files.ts';
import type { BuildStanding, PruneDecision, PruneRules } from './prune-rules.ts';

/** The checkpoints of builds that travel, on their remote. */
export interface RemoteCheckpoints {
  readonly address: string;
  /** The refs of a build, each with its commit. Asks the remote once for all builds. */
  of(workflowId: string): Promise<ReadonlyMap<string, string>>;
  remove(refs: ReadonlyMap<string, string>): Promise<void>;
}

export function remoteCheckpointsOf(remote: Remote, signal?: AbortSignal): RemoteCheckpoints {
  let asked: Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> | undefined;
  async function ask() {
    const all = Map.groupBy(await remote.list(SHARED, signal), ([ref]) => workflowOfShared(ref));
    return new Map([...all].map(([workflowId, refs]) => [workflowId, new Map(refs)]));
  }
  return {
    address: remote.address,
    async of(workflowId) {
      asked ??= ask();
      return (await asked).get(workflowId) ?? new Map();
    },
    remove: (refs) => remote.remove(refs, signal),
  };
}

/** A decision about the files here, and the refs that go from the remote with them. */
export interface SharedDecision {
  readonly decision: PruneDecision;
  /** The refs of the build on the remote. */
  readonly shared: ReadonlyMap<string, string>;
  readonly removesShared: boolean;
}

interface SharedCase {
  readonly files: BuildFiles;
  readonly standing: BuildStanding;
  readonly decision: PruneDecision;
}

const NONE: ReadonlyMap<string, string> = new Map();

/**
 * Decides what goes from the remote, where other machines may still need it: only checkpoints of complete builds,
 * and only by their age. A branch here counts for nothing there. Until then the records here stay, for they say
 * which builds have something there.
 */
export async function decideShared(
  { files, standing, decision }: SharedCase,
  rules: PruneRules,
  remote: RemoteCheckpoints | undefined,
): Promise<SharedDecision> {
  const unchanged = { decision, shared: NONE, removesShared: false };
  if (remote === undefined || decision.remove !== 'everything') return unchanged;
  const onlyWorktree = (kept: string): PruneDecision => ({
    remove: files.worktree || files.judgeWorktree || files.registeredOnly ? 'worktree' : 'nothing',
    kept,
  });
  let shared: ReadonlyMap<string, string>;
  try {
    shared = await remote.of(files.workflowId);
  } catch (reason) {
    const { message } = BatonError.from(explainedFailure(reason));
    return { ...unchanged, decision: onlyWorktree(`its remote cannot be asked: ${message}`) };
  }
  if (shared.size === 0) return unchanged;
  if (standing.kind !== 'complete') return { ...unchanged, shared };
  const { now, checkpointsAfterMs: after, discard } = rules;
  const isDue = discard || (after !== undefined && now - standing.at >= after);
  if (isDue) return { decision, shared, removesShared: true };
  const kept = 'its checkpoints on the remote stay for other machines';
  return { decision: onlyWorktree(kept), shared, removesShared: false };
}
