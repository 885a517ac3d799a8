import { setImmediate } from 'node:timers/promises';
import type { Created } from '../memory/order.ts';
import { BatonError } from '../model/errors.ts';
import type { WorkflowStatus } from '../model/views.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { WorkflowNames, WorkflowStore } from '../ports/workflow-store.ts';
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
    // A store in this process may have answered at once: what else there is to do comes in between.
    await setImmediate();
    // One more than are wanted tells whether there is another page.
    for (const some of portions(names.filter(isWanted))) {
      if (found.length > asked.limit) break;
      const loaded = await Promise.all(some.map(({ id }) => readable(store, id)));
      for (const one of loaded) {
        if (one !== undefined && passes(one, asked)) found.push(asked.show(one));
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

/** One that cannot be read must not hide the others: loading it by itself says what is wrong. */
async function readable(store: WorkflowStore, id: string): Promise<WorkflowSnapshot | undefined> {
  try {
    return (await store.load(id))?.snapshot;
  } catch (reason) {
    if (BatonError.from(reason).code === 'data_loss') return undefined;
    throw reason;
  }
}

/** What was listed may have moved on since. */
function passes({ state, role, awaiting }: WorkflowSnapshot, { filter }: ListAsked): boolean {
  return (
    (filter.state === undefined || state === filter.state) &&
    (filter.role === undefined || role === filter.role) &&
    (filter.awaiting === undefined || awaiting?.kind === filter.awaiting)
  );
}
