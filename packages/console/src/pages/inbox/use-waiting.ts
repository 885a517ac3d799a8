import type { WorkflowStatus } from '@baton/core/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { client } from '../../api/session.ts';

/** Builds of each kind that are listed at most. */
const MOST = 200;

/** The builds that wait for a person, those that wait longest first. */
export function useWaiting(): UseQueryResult<readonly WorkflowStatus[], Error> {
  return useQuery({
    queryKey: ['waiting'],
    queryFn: async () => {
      const [answers, approvals] = await Promise.all([
        client().list({ awaiting: 'answers', pageSize: MOST }),
        client().list({ awaiting: 'approval', pageSize: MOST }),
      ]);
      return [...answers.workflows, ...approvals.workflows].sort(
        (a, b) => (a.awaiting?.since ?? 0) - (b.awaiting?.since ?? 0),
      );
    },
    refetchInterval: 3_000,
  });
}
