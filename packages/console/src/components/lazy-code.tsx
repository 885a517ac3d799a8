import { skipToken, type UseQueryOptions, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { queryClient } from '../api/query-client.ts';
import { Failed, Loading, type Unread, unreadOf } from './feedback.tsx';

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

/** What is read bit by bit, and shown on the way. */
interface Growing {
  readonly isWhole: boolean;
}

/**
 * Reads what a view shows, with its code, whether it is in the page or not.
 *
 * @param read undefined: there is nothing to read.
 * @returns undefined once all of it was read.
 */
export function useUnreadWith<Code, Data extends Growing>(
  code: LazyCode<Code>,
  read: ((loaded: Code) => UseQueryOptions<Data>) | undefined,
): Unread | undefined {
  const loaded = useQuery({ ...queryOf(code), enabled: read !== undefined });
  const query = loaded.data === undefined ? undefined : read?.(loaded.data);
  const { data, error, refetch } = useQuery(query ?? { queryKey: [''], queryFn: skipToken });
  if (read === undefined) return undefined;
  const whole = data?.isWhole === true ? data : undefined;
  return unreadOf(loaded) ?? unreadOf({ data: whole, error, refetch });
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
