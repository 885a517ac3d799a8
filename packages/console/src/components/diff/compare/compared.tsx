import type { Artifact } from '@baton/core/api';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { readContent } from '../../../api/read-content.ts';
import { turns } from '../../../api/turns.ts';
import { Failed, Loading } from '../../feedback.tsx';
import { DiffRows } from '../diff-view.tsx';
import type { ReadDiff } from '../rows.ts';
import { combineDiffs } from './combine-diffs.ts';
import { diffOfPatch } from './diff-of-patch.ts';
import { inverseOf, type Patch } from './patch.ts';
import { readPatch } from './read-patch.ts';

/** A diff that an attempt kept, on the way from one tree to another. */
export interface KeptDiff {
  readonly artifact: Artifact;
  /** Whether the change is undone on the way. */
  readonly isBack: boolean;
}

export interface ComparedProps {
  readonly workflowId: string;
  readonly steps: readonly KeptDiff[];
  readonly label: string;
}

/** The change over several diffs, one after the other, as one. */
export function Compared({ workflowId, steps, label }: ComparedProps) {
  const query = comparedQuery(workflowId, steps);
  const { data, error, refetch } = useQuery(query);
  if (error !== null)
    return <Failed what="The checkpoints cannot be compared" error={error} again={refetch} />;
  if (data === undefined) return <Loading what="the comparison" />;
  return <DiffRows key={query.queryKey.join()} diff={data} label={label} />;
}

/** The change over several diffs. */
export function comparedQuery(workflowId: string, steps: readonly KeptDiff[]) {
  const names = steps.map(({ artifact, isBack }) => `${isBack ? '-' : ''}${artifact.digest}`);
  return queryOptions<ReadDiff>({
    queryKey: ['compared', workflowId, ...names],
    queryFn: ({ signal }) => compared(workflowId, steps, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    structuralSharing: false,
  });
}

async function compared(
  workflowId: string,
  steps: readonly KeptDiff[],
  signal: AbortSignal,
): Promise<ReadDiff> {
  const breathe = turns(signal);
  let whole: Patch = { files: [], unnamed: 0 };
  for (const { artifact, isBack } of steps) {
    const pieces: string[] = [];
    for await (const piece of readContent(workflowId, artifact.number, signal)) pieces.push(piece);
    const patch = await readPatch(pieces.join(''), breathe);
    whole = await combineDiffs(whole, isBack ? inverseOf(patch) : patch, breathe);
  }
  return diffOfPatch(whole, breathe);
}
