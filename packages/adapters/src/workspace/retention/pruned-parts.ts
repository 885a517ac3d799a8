import { type Size, sizeOf } from '../file-trees.ts';
import type { Git } from '../git.ts';
import type { Repository } from '../repository.ts';
import type { BuildFiles } from './build-files.ts';
import { bytesOfRef } from './checkpoint-refs.ts';

/** Something of a build that goes, went or stays. */
export interface PrunedPart {
  readonly kind: 'worktree' | 'set aside' | 'checkpoints' | 'records';
  /** Folder, file or ref. */
  readonly place: string;
  /** What it takes up; absent where it was not measured. */
  readonly size?: Size;
}

interface Measuring {
  readonly git: Git;
  readonly repository: Repository;
  readonly measure?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const NOTHING: Size = { bytes: 0, whole: true };

function sum(one: Size, other: Size): Size {
  return { bytes: one.bytes + other.bytes, whole: one.whole && other.whole };
}

/** The parts of a build that are there, measured where that is wanted. */
export async function partsOf(
  { worktree, asides, registeredOnly, state, records, checkpoints, paths }: BuildFiles,
  { git: usersGit, repository, measure, signal }: Measuring,
): Promise<readonly PrunedPart[]> {
  const part = async (
    kind: PrunedPart['kind'],
    place: string,
    size: () => Promise<Size> = () => sizeOf(place, signal),
  ): Promise<PrunedPart> => ({ kind, place, ...(measure && { size: await size() }) });
  const parts: PrunedPart[] = [];
  // The git folder lies in the state of the build, and goes with the worktree.
  const git = measure ? await sizeOf(paths.git, signal) : NOTHING;
  if (worktree !== undefined || registeredOnly) {
    const size = async () => sum(await sizeOf(paths.worktree, signal), git);
    parts.push(await part('worktree', paths.worktree, size));
  }
  for (const path of asides) parts.push(await part('set aside', path));
  if (checkpoints !== undefined) {
    const size = async () => ({
      bytes: await bytesOfRef(usersGit, repository, checkpoints),
      whole: true,
    });
    parts.push(await part('checkpoints', checkpoints.name, size));
  }
  if (state !== undefined) {
    const isCounted = worktree !== undefined || registeredOnly;
    const size = async () => {
      const { bytes, whole } = await sizeOf(state, signal);
      return { bytes: bytes - (isCounted ? git.bytes : 0), whole };
    };
    parts.push(await part('records', state, size));
  }
  for (const path of records) parts.push(await part('records', path));
  return parts;
}
