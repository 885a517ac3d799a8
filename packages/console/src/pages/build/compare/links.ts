import type { Artifact } from '@baton/core/api';
import { type Attempt, diffsOf } from './attempts.ts';

/** How a checkpoint differs from the one that its attempt began with. */
export type Link =
  | { readonly kind: 'same' }
  | { readonly kind: 'diff'; readonly artifact: Artifact }
  | { readonly kind: 'gap'; readonly why: string };

interface Kept {
  readonly artifacts: readonly Artifact[];
  /** The workers that have kept an artifact of the build. */
  readonly keeping: ReadonlySet<string>;
}

/** What an attempt changed. @param digest of the tree that it handed over. */
export function linkOf(
  by: Attempt<unknown> | undefined,
  from: { readonly digest: string | undefined },
  digest: string,
  { artifacts, keeping }: Kept,
): Link {
  const gap = (why: string): Link => ({ kind: 'gap', why });
  if (from.digest === digest) return { kind: 'same' };
  if (by === undefined)
    return gap('it was handed over without a claim, so that no diff belongs to it');
  const found = diffsOf(by, artifacts).findLast(({ treeDigest }) => treeDigest === digest);
  if (found !== undefined) return diffLink(found);
  if (by.notKept !== undefined) return gap(by.notKept);
  if (from.digest !== undefined) return gap('no diff of this attempt was kept');
  if (keeping.has(by.worker)) return { kind: 'same' };
  return gap(`worker ${by.worker} kept nothing, so that it is unknown what it changed`);
}

export function diffLink(artifact: Artifact): Link {
  if (!artifact.truncated) return { kind: 'diff', artifact };
  return { kind: 'gap', why: 'its diff was too long, and was shortened' };
}
