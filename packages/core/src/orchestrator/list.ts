import { z } from 'zod';
import { BatonError } from '../model/errors.ts';
import { deepFreeze } from '../model/json.ts';
import { id, type ListRequest, listRequest } from '../model/requests.ts';
import type { WorkflowPage } from '../model/views.ts';
import type { OrchestratorContext } from './context.ts';
import { type ListAsked, listAll } from './list-all.ts';
import { listNamed } from './list-named.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { toStatus, toSummary } from './to-status.ts';
import { validate } from './validate.ts';

/*
 * A page of workflows by when they were started, which never changes: whatever happens to them between two
 * pages, none comes twice, and none that passes the filters all the time is left out.
 */

const position = z.strictObject({ createdAt: z.int().nonnegative(), id });

export async function list(
  context: OrchestratorContext,
  request: ListRequest,
): Promise<WorkflowPage> {
  const checked = validate(listRequest, request, 'the list request');
  const { pageSize, pageToken, projectId, projectIds, state, role, awaiting, search } = checked;
  const newestFirst = checked.newestFirst || undefined;
  const { definitions, options } = context;
  refuseUnknown('state', state, definitions.states);
  refuseUnknown('role', role, definitions.roles);
  const query = {
    list: 'workflows',
    projectId,
    projectIds: projectIds && JSON.stringify([...projectIds].sort()),
    state,
    role,
    awaiting,
    search,
    order: newestFirst && 'newest first',
  };
  const now = options.clock.now();
  const asked: ListAsked = {
    projects: projectsOf(projectId, projectIds),
    filter: { state, role, awaiting, newestFirst },
    after: pageToken === undefined ? undefined : decodePageToken(pageToken, query, position),
    limit: pageSize,
    show: (one) => toSummary(toStatus(definitions.known(one), deepFreeze(one), now)),
  };
  const { workflows, reached } = await (search === undefined
    ? listAll(context, asked)
    : listNamed(context, asked, search));
  return { workflows, nextPageToken: reached && encodePageToken(query, reached) };
}

/** The projects to list; undefined: all. */
function projectsOf(
  projectId: string | undefined,
  projectIds: readonly string[] | undefined,
): readonly string[] | undefined {
  if (projectId === undefined) return projectIds && [...new Set(projectIds)];
  return projectIds?.includes(projectId) === false ? [] : [projectId];
}

/** A filter that nothing can pass is a slip of the pen: an empty list would hide it. */
function refuseUnknown(
  field: 'state' | 'role',
  found: string | undefined,
  known: ReadonlySet<string>,
): void {
  if (found === undefined || known.has(found)) return;
  const legal = [...known];
  const description = `unknown ${field} '${found}'; ${field}s: ${legal.join(', ')}`;
  throw new BatonError('invalid_input', description, {
    violations: [{ field, description }],
    legal,
  });
}
