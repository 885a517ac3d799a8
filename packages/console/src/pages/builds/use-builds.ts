import type { WorkflowStatus } from '@baton/core/api';
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { client } from '../../api/session.ts';

export interface BuildFilter {
  readonly project: string;
  readonly state: string;
  readonly role: string;
}

export function useBuilds(filter: BuildFilter): UseQueryResult<readonly WorkflowStatus[], Error> {
  return useQuery({
    queryKey: ['builds', filter],
    queryFn: async () => {
      const all: WorkflowStatus[] = [];
      let pageToken: string | undefined;
      do {
        const page = await client().list({
          pageSize: 500,
          pageToken,
          ...(filter.project !== '' && { projectId: filter.project }),
          ...(filter.state !== '' && { state: filter.state }),
          ...(filter.role !== '' && { role: filter.role }),
        });
        all.push(...page.workflows);
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      return all.reverse();
    },
    refetchInterval: 3_000,
    placeholderData: keepPreviousData,
  });
}
