import { useQuery } from '@tanstack/react-query';
import { Failed, Loading } from '../feedback.tsx';
import type { DiffProps } from './diff-view.tsx';

/** The diff, whose code is loaded with the first that is looked at. */
export function Diff(props: DiffProps) {
  // Not by `lazy`: React holds back what a fallback stood for, for 300 ms.
  const code = useQuery({
    queryKey: ['code of diffs'],
    queryFn: () => import('./diff-view.tsx'),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  if (code.isError)
    return (
      <Failed
        what="The view of diffs could not be loaded"
        error={code.error}
        again={code.refetch}
      />
    );
  if (code.data === undefined) return <Loading what="the diff" />;
  const { DiffView } = code.data;
  return <DiffView {...props} />;
}
