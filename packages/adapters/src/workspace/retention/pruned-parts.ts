import { type Size, sizeOf } from '../../files/file-trees.ts';
import type { Git } from '../../git/git.ts';
import type { Repository } from '../../git/repository.ts';
import { type BuildPaths, judgePaths } from '../build-paths.ts';
import type { BuildFiles } from './build-files.ts';
import { bytesOfRef } from './checkpoint-refs.ts';

/** A part of a build that is removed or stays. */
export interface PrunedPart {
  readonly kind: 'worktree' | 'set aside' | 'checkpoints' | 'remote checkpoints' | 'records';
  /** Folder, file, ref, or address of the remote. */
  readonly place: string;
  /** Disk usage on this machine; absent when it was not measured. */
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

/** The existing parts of a build, measured if requested. */
export async function partsOf(
  files: BuildFiles,
  { git: usersGit, repository, measure, signal }: Measuring,
): Promise<readonly PrunedPart[]> {
  const { asides, state, records, checkpoints } = files;
  const part = async (
    kind: PrunedPart['kind'],
    place: string,
    size: () => Promise<Size> = () => sizeOf(place, signal),
  ): Promise<PrunedPart> => ({ kind, place, ...(measure && { size: await size() }) });
  const parts: PrunedPart[] = [];
  // Git folders lie in the build's state and are removed with the worktrees.
  let gitBytes = 0;
  for (const { worktree, git } of worktreesOf(files)) {
    const gitSize = measure ? await sizeOf(git, signal) : NOTHING;
    gitBytes += gitSize.bytes;
    const size = async () => sum(await sizeOf(worktree, signal), gitSize);
    parts.push(await part('worktree', worktree, size));
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
    const size = async () => {
      const { bytes, whole } = await sizeOf(state, signal);
      return { bytes: bytes - gitBytes, whole };
    };
    parts.push(await part('records', state, size));
  }
  for (const path of records) parts.push(await part('records', path));
  return parts;
}

/** The existing worktrees of the author and of the judges. */
function worktreesOf({
  worktree,
  registeredOnly,
  judgeWorktree,
  paths,
}: BuildFiles): readonly BuildPaths[] {
  return [
    ...(worktree !== undefined || registeredOnly ? [paths] : []),
    ...(judgeWorktree !== undefined ? [judgePaths(paths)] : []),
  ];
}
