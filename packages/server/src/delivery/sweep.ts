import { setImmediate } from 'node:timers/promises';
import type { DocumentStore, WorkflowSnapshot, WorkflowStore } from '@baton/core';
import { cursorPages, FIRST_CURSOR, removeCursor, writeCursor } from './cursors.ts';
import type { DeliveryTarget } from './target.ts';
import { changeTarget, type StoredTarget, type TargetRecord } from './target-records.ts';

/*
 * Finds what no hint told of: events of other processes, of servers that ended, and of the time when none ran.
 *
 * 1. Every workflow that a target may have to be told of is created after `seenTo`, or has a cursor, or needs none.
 *    So a sweep looks at new workflows and at those that are under way, not at the past.
 * 2. `seenTo` stays behind the present: workflows are not stored in the order in which they are dated.
 */

/** How much later than its date a workflow may appear. Less than a cursor stays after its workflow's end. */
const BEHIND_MS = 300_000;
/** Snapshots may be large. */
const PAGE = 100;

export interface SweepContext {
  readonly store: WorkflowStore;
  readonly documents: DocumentStore;
  readonly stopping: AbortSignal;
}

/** Calls `found` with every workflow that the target may have to be told of now. */
export async function sweepTarget(
  context: SweepContext,
  target: DeliveryTarget,
  { record }: StoredTarget,
  now: number,
  found: (workflowId: string) => void,
): Promise<void> {
  const known = await findKnown(context, target, now, found);
  await findNew(context, target, record, { now, known, found });
}

/** Of those that have a cursor; returns which do. */
async function findKnown(
  { store, documents, stopping }: SweepContext,
  target: DeliveryTarget,
  now: number,
  found: (workflowId: string) => void,
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for await (const page of cursorPages(documents, target.name)) {
    const sequences = await store.readSequences(page.map(({ workflowId }) => workflowId));
    for (const stored of page) {
      const { workflowId, cursor } = stored;
      known.add(workflowId);
      const last = sequences.get(workflowId);
      const isTold = last === cursor.sequence && cursor.replays.length === 0;
      const isClosed = isTold && cursor.closesAt !== undefined && cursor.closesAt <= now;
      if (isClosed) await removeCursor(documents, target.name, stored);
      // Also of one that the store no longer knows: the run finds that out, and removes the cursor.
      else if (!isTold && cursor.nextAt <= now && cursor.heldUntil <= now) found(workflowId);
    }
    if (stopping.aborted) break;
    await setImmediate();
  }
  return known;
}

interface Finding {
  readonly now: number;
  readonly known: ReadonlySet<string>;
  readonly found: (workflowId: string) => void;
}

/** Of those that were created since; gives them cursors before it remembers to have seen them. */
async function findNew(
  { store, documents, stopping }: SweepContext,
  target: DeliveryTarget,
  { since, seenTo }: TargetRecord,
  { now, known, found }: Finding,
): Promise<void> {
  let after = seenTo;
  while (!stopping.aborted) {
    const page = await store.listWorkflows({ after, limit: PAGE });
    for (const workflow of page) {
      if (known.has(workflow.id) || !target.covers(workflow.projectId)) continue;
      if (workflow.updatedAt < since && workflow.completedAt !== undefined) continue;
      const cursor = workflow.updatedAt < since ? told(workflow) : FIRST_CURSOR;
      const place = { workflowId: workflow.id, version: 0 };
      // False where one came meanwhile: then that one counts.
      await writeCursor(documents, target.name, { ...place, cursor }, cursor);
      if (cursor === FIRST_CURSOR) found(workflow.id);
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = { createdAt: last.createdAt, id: last.id };
    const settled = page.findLast(({ createdAt }) => createdAt <= now - BEHIND_MS);
    if (settled !== undefined) {
      const { createdAt, id } = settled;
      await changeTarget(documents, target.name, (record) => ({
        ...record,
        seenTo: { createdAt, id },
      }));
    }
    if (page.length < PAGE) return;
    await setImmediate();
  }
}

/** Everything that has happened to it is older than what the target is told of. */
function told({ sequence, state }: WorkflowSnapshot) {
  return { ...FIRST_CURSOR, sequence, state };
}
