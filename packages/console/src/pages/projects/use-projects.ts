import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { client } from '../../api/session.ts';

/** The projects of all builds that the caller may see, by name. */
export function useProjects(): UseQueryResult<readonly string[], Error> {
  return useQuery({
    queryKey: ['projects'],
    queryFn: async () => {
      const found = new Set<string>();
      let pageToken: string | undefined;
      do {
        const page = await client().list({ pageSize: 1000, pageToken });
        for (const { projectId } of page.workflows) found.add(projectId);
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      return [...found].sort((a, b) => a.localeCompare(b));
    },
    staleTime: 10_000,
  });
}
