import { z } from 'zod';
import { id, type ListProjectsRequest, listProjectsRequest } from '../model/requests.ts';
import type { ProjectPage } from '../model/views.ts';
import type { OrchestratorContext } from './context.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { validate } from './validate.ts';

const position = z.strictObject({ projectId: id });

/** A page of projects by their ids, which never change: none comes twice, and none is left out. */
export async function listProjects(
  context: OrchestratorContext,
  request: ListProjectsRequest,
): Promise<ProjectPage> {
  const checked = validate(listProjectsRequest, request, 'the projects request');
  const { projectIds, pageSize, pageToken } = checked;
  const query = {
    list: 'projects',
    projectIds: projectIds && JSON.stringify([...projectIds].sort()),
  };
  const after =
    pageToken === undefined ? '' : decodePageToken(pageToken, query, position).projectId;
  // One more tells whether there is another page.
  const found = await context.store.listProjects({ after, projectIds, limit: pageSize + 1 });
  const page = found.slice(0, pageSize);
  const last = page.at(-1);
  const more = found.length > pageSize && last !== undefined;
  return {
    projectIds: page,
    nextPageToken: more ? encodePageToken(query, { projectId: last }) : undefined,
  };
}
