import { lostRecords, refuseGaps } from '../model/trail.ts';
import type { NumberedQuery, StoredReply, WorkflowStore } from '../ports/workflow-store.ts';

/** Records on a page: each may be as large as a payload. */
const PAGE = 100;

interface Numbered {
  readonly workflowId: string;
  /** How many there were when the snapshot was read; later ones are left out. */
  readonly count: number;
}

/** @throws BatonError `data_loss` when the store has fewer, or one is missing among them. */
export async function* readNumbered<T>(
  what: 'events' | 'handoffs',
  read: (query: NumberedQuery) => Promise<readonly T[]>,
  { workflowId, count }: Numbered,
  numberOf: (record: T) => number,
): AsyncGenerator<T, void, undefined> {
  for (let after = 0; after < count; ) {
    const page = await read({ workflowId, after, limit: Math.min(PAGE, count - after) });
    if (page.length === 0) {
      throw lostRecords(workflowId, `found ${after} ${what}, expected ${count}`);
    }
    refuseGaps(workflowId, what, after, page.map(numberOf));
    yield* page;
    after += page.length;
  }
}

export async function* readReplies(
  store: WorkflowStore,
  workflowId: string,
): AsyncGenerator<StoredReply, void, undefined> {
  for (let after = ''; ; ) {
    const page = await store.readReplies({ workflowId, after, limit: PAGE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.requestId;
  }
}
