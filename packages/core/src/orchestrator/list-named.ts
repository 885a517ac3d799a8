import type { Created } from '../memory/order.ts';
import type { WorkflowStatus } from '../model/views.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { WorkflowNames } from '../ports/workflow-store.ts';
import type { OrchestratorContext } from './context.ts';
import { inOrder, LIST_PORTION, type ListAsked, type ListPart, placeOf } from './list-all.ts';

/** Names that are looked through at once. */
const NAMES_PORTION = 1000;
/** Names that are looked through for one page: then it ends, and its token goes on from there. */
const MOST_NAMES = 20_000;

/** The first of the workflows whose build id or user id has `search` in it, whatever its case. */
export async function listNamed(
  { store }: OrchestratorContext,
  asked: ListAsked,
  search: string,
): Promise<ListPart> {
  const { filter, projects } = asked;
  const wanted = search.toLowerCase();
  const isWanted = ({ buildId, userId }: WorkflowNames): boolean =>
    buildId.toLowerCase().includes(wanted) || userId.toLowerCase().includes(wanted);
  // Of many projects, less of each: all of it is read, whatever is used.
  const share = Math.ceil(NAMES_PORTION / Math.max(1, projects?.length ?? 1));
  const limit = Math.max(LIST_PORTION, share);
  const found: WorkflowStatus[] = [];
  let looked = 0;
  for (let after = asked.after; ; ) {
    const names = await inOrder(asked, limit, async (projectId) => {
      const some = await store.listNames({ ...filter, projectId, after, limit });
      looked += some.length;
      return some;
    });
    for (const some of portions(names.filter(isWanted))) {
      const loaded = await Promise.all(some.map(({ id }) => store.load(id)));
      for (const one of loaded) {
        // One more tells whether there is another page.
        if (found.length > asked.limit) break;
        if (one !== undefined && passes(one.snapshot, asked)) found.push(asked.show(one.snapshot));
      }
    }
    if (found.length > asked.limit) {
      const workflows = found.slice(0, asked.limit);
      return { workflows, reached: placeOf(workflows.at(-1)) };
    }
    const last = names.at(-1);
    if (last === undefined || names.length < limit) return { workflows: found, reached: undefined };
    after = { createdAt: last.createdAt, id: last.id };
    if (looked >= MOST_NAMES) return { workflows: found, reached: after };
  }
}

function* portions<T extends Created>(all: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += LIST_PORTION) yield all.slice(i, i + LIST_PORTION);
}

/** What was listed may have moved on since. */
function passes({ state, role, awaiting }: WorkflowSnapshot, { filter }: ListAsked): boolean {
  return (
    (filter.state === undefined || state === filter.state) &&
    (filter.role === undefined || role === filter.role) &&
    (filter.awaiting === undefined || awaiting?.kind === filter.awaiting)
  );
}
