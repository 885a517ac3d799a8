import { byCreation, type Created } from '../memory/order.ts';
import type { WorkflowStatus } from '../model/views.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { WorkflowQuery } from '../ports/workflow-store.ts';
import type { OrchestratorContext } from './context.ts';

/** What is asked of a list. */
export interface ListAsked {
  /** Undefined: all. */
  readonly projects: readonly string[] | undefined;
  readonly filter: Pick<WorkflowQuery, 'state' | 'role' | 'awaiting' | 'newestFirst'>;
  /** The place behind which to begin. */
  readonly after: Created | undefined;
  readonly limit: number;
  show(snapshot: WorkflowSnapshot): WorkflowStatus;
}

/** A part of a list. */
export interface ListPart {
  readonly workflows: readonly WorkflowStatus[];
  /** The place behind which there may be more; undefined: there is none. */
  readonly reached: Created | undefined;
}

/** Workflows that are held at once: each comes with its payloads, of which a status has none. */
export const LIST_PORTION = 25;

/** The first workflows that pass the filters. */
export async function listAll(context: OrchestratorContext, asked: ListAsked): Promise<ListPart> {
  const { store } = context;
  const found: WorkflowStatus[] = [];
  let { after } = asked;
  // One more tells whether there is another page.
  for (let more = true; more && found.length <= asked.limit; ) {
    const limit = Math.min(LIST_PORTION, asked.limit + 1 - found.length);
    const query = { ...asked.filter, after, limit };
    const portion = await inOrder(asked, limit, (projectId) =>
      store.listWorkflows({ ...query, projectId }),
    );
    found.push(...portion.map(asked.show));
    const last = portion.at(-1);
    after = last && { createdAt: last.createdAt, id: last.id };
    more = portion.length === limit;
  }
  const workflows = found.slice(0, asked.limit);
  return { workflows, reached: found.length > asked.limit ? placeOf(workflows.at(-1)) : undefined };
}

export function placeOf(status: WorkflowStatus | undefined): Created | undefined {
  return status && { createdAt: status.createdAt, id: status.workflowId };
}

/**
 * The first entries of these projects together.
 *
 * @param read the first entries of one project, or of all.
 */
export async function inOrder<T extends Created>(
  { projects, filter }: Pick<ListAsked, 'projects' | 'filter'>,
  limit: number,
  read: (projectId: string | undefined) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  if (projects === undefined) return read(undefined);
  const lists: T[] = [];
  for (const projectId of projects) lists.push(...(await read(projectId)));
  const order = filter.newestFirst ? (a: T, b: T) => byCreation(b, a) : byCreation;
  return lists.sort(order).slice(0, limit);
}
