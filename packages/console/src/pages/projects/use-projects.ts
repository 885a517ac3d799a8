import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { client } from '../../api/session.ts';

export interface Projects {
  readonly names: readonly string[];
  /** Whether older builds were left out, which may be of other projects. */
  readonly hasMore: boolean;
}

/** Pages of builds that are looked through for projects: the server has no list of these. */
const MOST_PAGES = 5;

/** The projects of the newest builds that the caller may see, by name. */
export function useProjects(): UseQueryResult<Projects, Error> {
  return useQuery({
    queryKey: ['projects'],
    queryFn: async () => {
      const found = new Set<string>();
      let pageToken: string | undefined;
      for (let pages = 0; pages < MOST_PAGES; pages++) {
        const page = await client().list({ pageSize: 1000, newestFirst: true, pageToken });
        for (const { projectId } of page.workflows) found.add(projectId);
        pageToken = page.nextPageToken;
        if (pageToken === undefined) break;
      }
      const names = [...found].sort((a, b) => a.localeCompare(b));
      return { names, hasMore: pageToken !== undefined };
    },
    staleTime: 30_000,
  });
}
