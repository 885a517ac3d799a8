import type { WorkflowStatus } from '@baton/core/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { client } from '../../api/session.ts';

/** The builds that wait for a person, those that wait longest first. */
export function useWaiting(): UseQueryResult<readonly WorkflowStatus[], Error> {
  return useQuery({
    queryKey: ['waiting'],
    queryFn: async () => {
      const all: WorkflowStatus[] = [];
      let pageToken: string | undefined;
      do {
        const page = await client().list({ pageSize: 1000, pageToken });
        all.push(...page.workflows.filter(({ awaiting }) => awaiting !== undefined));
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      return all.sort((a, b) => (a.awaiting?.since ?? 0) - (b.awaiting?.since ?? 0));
    },
    refetchInterval: 4_000,
  });
}
