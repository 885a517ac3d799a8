import { queryOptions, useQuery } from '@tanstack/react-query';
import { queryClient } from '../../../api/query-client.ts';
import { Failed, Loading } from '../../feedback.tsx';
import type { ComparedProps, KeptDiff } from './compared.tsx';

const code = queryOptions({
  queryKey: ['code of comparisons'],
  queryFn: () => import('./compared.tsx'),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});

/** Makes a comparison that is about to be looked at. What fails is told when it is. */
export async function compareAhead(workflowId: string, steps: readonly KeptDiff[]): Promise<void> {
  await queryClient.prefetchQuery(code);
  const view = queryClient.getQueryData(code.queryKey);
  if (view !== undefined) await queryClient.prefetchQuery(view.comparedQuery(workflowId, steps));
}

/** A comparison, whose code is loaded with the first that is looked at. */
export function Compared(props: ComparedProps) {
  const loaded = useQuery(code);
  if (loaded.isError) {
    const what = 'The view of comparisons could not be loaded';
    return <Failed what={what} error={loaded.error} again={loaded.refetch} />;
  }
  if (loaded.data === undefined) return <Loading what="the comparison" />;
  const { Compared: View } = loaded.data;
  return <View {...props} />;
}
