import type { BuildFiles } from './build-files.ts';

const DAY_MS = 86_400_000;
/** Files that changed more recently may belong to a build in another store. */
const UNKNOWN_AFTER_MS = DAY_MS;

/** The state of a build according to its store. */
export type BuildStanding =
  | {
      readonly kind: 'complete';
      /** When it was completed, in milliseconds since the Unix epoch. */
      readonly at: number;
      /** The commit of its last checkpoint. */
      readonly checkpoint?: string | undefined;
    }
  /** It may go on; `why` describes its state for people, such as `waits in error`. */
  | { readonly kind: 'open'; readonly why: string }
  /** No store knows it. */
  | { readonly kind: 'unknown' };

/** What may be removed. Times are in milliseconds. */
export interface PruneRules {
  /** The current time, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** Consider only these builds. Default: all of the repository. */
  readonly only?: readonly string[] | undefined;
  /** Minimum time since a build was completed or last used, before its worktree is removed. */
  readonly worktreesAfterMs: number;
  /**
   * Minimum time after which its checkpoints are removed even when its files are nowhere else; undefined:
   * never.
   */
  readonly checkpointsAfterMs: number | undefined;
  /** Whether checkpoints are removed with the worktree once a branch below `baton/` has their files. */
  readonly handedOver: boolean;
  /** Number of most recently completed builds to keep. Default: 0. */
  readonly keep?: number | undefined;
  /** Whether to remove builds that no store knows. */
  readonly unknown: boolean;
  /** Whether to remove unfinished builds and work that exists nowhere else. */
  readonly discard: boolean;
}

/** The facts for a decision about one build. */
export interface PruneCase {
  readonly files: BuildFiles;
  readonly standing: BuildStanding;
  /** Position among the completed builds, newest first from 0; undefined when it is not complete. */
  readonly rank: number | undefined;
  /** Whether a branch has the files of its last checkpoint. Called only when it matters. */
  readonly isHandedOver: () => Promise<boolean>;
}

/** `nothing`, with the reason; the `worktree`; or `everything`. */
export interface PruneDecision {
  readonly remove: 'nothing' | 'worktree' | 'everything';
  /** Why something stays; absent when nothing does. */
  readonly kept?: string;
}

/** Decides what may be removed of one build. */
export async function decide(one: PruneCase, rules: PruneRules): Promise<PruneDecision> {
  const { files, standing, rank } = one;
  const nothing = (kept: string): PruneDecision => ({ remove: 'nothing', kept });
  if (files.elsewhere !== undefined) return nothing(`it belongs to ${files.elsewhere}`);
  if (standing.kind === 'open' && !rules.discard)
    return nothing(`it is not complete: ${standing.why}`);
  if (standing.kind === 'unknown' && !rules.unknown) return nothing('no database knows it');
  if (rank !== undefined && rank < (rules.keep ?? 0))
    return nothing('it is one of the last builds');
  const age = rules.now - (standing.kind === 'complete' ? standing.at : files.usedAt);
  const lone = standing.kind === 'unknown' && !rules.discard ? UNKNOWN_AFTER_MS : 0;
  if (files.usedAt > 0 && age < Math.max(rules.worktreesAfterMs, lone)) {
    const unknown = standing.kind === 'unknown';
    return nothing(unknown ? 'no database knows it, and it was used lately' : 'it ended lately');
  }
  if (await needsCheckpoints(one, rules, age)) {
    const kept = 'no branch below baton/ has its files: its checkpoints stay';
    const there =
      files.worktree !== undefined || files.judgeWorktree !== undefined || files.registeredOnly;
    return { remove: there ? 'worktree' : 'nothing', kept };
  }
  return { remove: 'everything' };
}

/** Whether only the checkpoints hold the work of the build. */
async function needsCheckpoints(one: PruneCase, rules: PruneRules, age: number): Promise<boolean> {
  const { checkpointsAfterMs: after, discard, handedOver } = rules;
  if (one.files.checkpoints === undefined || discard) return false;
  if (after !== undefined && age >= after) return false;
  return !(handedOver && (await one.isHandedOver()));
}
