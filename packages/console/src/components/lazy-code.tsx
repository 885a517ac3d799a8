import { type UseQueryOptions, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { queryClient } from '../api/query-client.ts';
import { Failed, Loading } from './feedback.tsx';

/** Code of a view that is loaded when it is first needed. */
export interface LazyCode<Code> {
  /** What it shows, in the plural, such as `diffs`. */
  readonly name: string;
  readonly load: () => Promise<Code>;
}

/** Loads code whose view is about to be opened. @returns undefined when that fails: the view says so. */
export async function loadAhead<Code>(code: LazyCode<Code>): Promise<Code | undefined> {
  const query = queryOf(code);
  await queryClient.prefetchQuery(query);
  return queryClient.getQueryData<Code>(query.queryKey);
}

interface WithCodeProps<Code> {
  readonly code: LazyCode<Code>;
  /** What is loading, such as `the diff`. */
  readonly what: string;
  readonly children: (loaded: Code) => ReactNode;
}

/** A view with its code, or why that is not there. */
export function WithCode<Code>({ code, what, children }: WithCodeProps<Code>) {
  const { data, error, refetch } = useQuery(queryOf(code));
  if (error !== null) {
    const failed = `The view of ${code.name} could not be loaded`;
    return <Failed what={failed} error={error} again={refetch} />;
  }
  return data === undefined ? <Loading what={what} /> : children(data);
}

// Not by `lazy`: React holds back what a fallback stood for, for 300 ms.
function queryOf<Code>({ name, load }: LazyCode<Code>) {
  return {
    queryKey: ['code', name],
    queryFn: load,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  } satisfies UseQueryOptions<Code>;
}
