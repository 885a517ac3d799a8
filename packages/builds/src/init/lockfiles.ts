import type { Repository } from './toolchain.ts';

/** Lockfiles of a repository. */
export interface Lockfiles {
  /** Lockfiles that a build will have: the tracked ones, or if none is tracked, those not ignored. */
  readonly used: readonly string[];
  /** Others that lie there: ignored, or not tracked beside one that is. */
  readonly passedOver: readonly string[];
}

/** A build has what is committed: what else lies in the checkout tells nothing of it. */
export function lockfilesOf(
  { has, files, isTracked }: Pick<Repository, 'has' | 'files' | 'isTracked'>,
  names: readonly string[],
): Lockfiles {
  const there = names.filter(has);
  const tracked = there.filter(isTracked);
  const used = tracked.length > 0 ? tracked : there.filter((name) => files.includes(name));
  return { used, passedOver: there.filter((name) => !used.includes(name)) };
}
