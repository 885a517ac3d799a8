import { queryOptions, useQuery } from '@tanstack/react-query';
import { queryClient } from '../../api/query-client.ts';
import { Failed, Loading } from '../feedback.tsx';
import type { DiffProps } from './diff-view.tsx';

// Not by `lazy`: React holds back what a fallback stood for, for 300 ms.
const code = queryOptions({
  queryKey: ['code of diffs'],
  queryFn: () => import('./diff-view.tsx'),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});

/** Reads a diff that is about to be looked at. What fails is told when it is. */
export async function readDiffAhead({ workflowId, artifact }: DiffProps): Promise<void> {
  await queryClient.prefetchQuery(code);
  const view = queryClient.getQueryData(code.queryKey);
  if (view !== undefined) await queryClient.prefetchQuery(view.diffQuery(workflowId, artifact));
}

/** The diff, whose code is loaded with the first that is looked at. */
export function Diff(props: DiffProps) {
  const loaded = useQuery(code);
  if (loaded.isError)
    return (
      <Failed
        what="The view of diffs could not be loaded"
        error={loaded.error}
        again={loaded.refetch}
      />
    );
  if (loaded.data === undefined) return <Loading what="the diff" />;
  const { DiffView } = loaded.data;
  return <DiffView {...props} />;
}
