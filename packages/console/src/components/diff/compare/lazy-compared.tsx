import { useQuery } from '@tanstack/react-query';
import { Failed, Loading } from '../../feedback.tsx';
import type { ComparedProps } from './compared.tsx';

/** A comparison, whose code is loaded with the first that is looked at. */
export function Compared(props: ComparedProps) {
  const code = useQuery({
    queryKey: ['code of comparisons'],
    queryFn: () => import('./compared.tsx'),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  if (code.isError) {
    const what = 'The view of comparisons could not be loaded';
    return <Failed what={what} error={code.error} again={code.refetch} />;
  }
  if (code.data === undefined) return <Loading what="the comparison" />;
  const { Compared: View } = code.data;
  return <View {...props} />;
}
