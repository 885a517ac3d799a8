import type { DocumentStore, WorkflowEvent, WorkflowSnapshot, WorkflowStore } from '@baton/core';
import type { Log } from '../log.ts';
import {
  type Cursor,
  readCursor,
  removeCursor,
  type StoredCursor,
  writeCursor,
} from './cursors.ts';
import { keepDeadLetter } from './dead-letters.ts';
import { eventId } from './event-id.ts';
import { RETRY_SCHEDULE, retryWaitMs } from './retry-schedule.ts';
import type { DeliveryResult, DeliveryTarget } from './target.ts';
import { changeTarget, type TargetRecord } from './target-records.ts';

export interface DeliveryContext {
  readonly store: WorkflowStore;
  readonly documents: DocumentStore;
  readonly log: Log;
  /** The time by the store's clock. */
  readonly now: () => Promise<number>;
  readonly random: () => number;
  /** Names this process. */
  readonly holder: string;
  /** Aborts when no more is to be begun. */
  readonly stopping: AbortSignal;
  /** Aborts when what is under way is to end as well. */
  readonly ending: AbortSignal;
}

/**
 * How a run ended:
 * - `done`: there is nothing more to deliver for now;
 * - `later`: the next try is due in `waitMs`; `failed` where the target was at fault;
 * - `disabled`: the target wants nothing any more.
 */
export type Run =
  | { readonly kind: 'done'; readonly delivered: boolean }
  | { readonly kind: 'later'; readonly waitMs: number; readonly failed: boolean }
  | { readonly kind: 'disabled' };

/** Longer than any try: another server takes over after it. */
const HELD_MS = 60_000;
/** While another server is at it, which may not know of what this one has committed. */
const LOOK_AGAIN_MS = 500;
/** A cursor stays for a while, so that it is there as long as its workflow counts as a new one. */
const CLOSES_AFTER_MS = 600_000;
const PAGE = 50;

const DONE = { kind: 'done', delivered: false } as const;

/**
 * Tells a target of what it does not know yet of one workflow, in order, until all is told, a try fails or another
 * server is at it.
 *
 * @throws BatonError of the stores.
 */
export async function deliverWorkflow(
  context: DeliveryContext,
  target: DeliveryTarget,
  record: TargetRecord,
  workflowId: string,
): Promise<Run> {
  const { store, documents } = context;
  const found = await readCursor(documents, target.name, workflowId);
  const now = await context.now();
  const { nextAt, heldBy, heldUntil, closesAt } = found.cursor;
  if (heldUntil > now && heldBy !== context.holder) return later(LOOK_AGAIN_MS);
  if (nextAt > now) return later(nextAt - now);
  const loaded = await store.load(workflowId);
  if (loaded === undefined) {
    if (found.version > 0) await removeCursor(documents, target.name, found);
    return DONE;
  }
  const { snapshot } = loaded;
  const isOver = snapshot.completedAt !== undefined;
  if (isTold(found.cursor, snapshot) && (!isOver || closesAt !== undefined)) return DONE;
  const held = await writeCursor(documents, target.name, found, {
    ...found.cursor,
    heldBy: context.holder,
    heldUntil: now + HELD_MS,
  });
  if (held === undefined) return later(LOOK_AGAIN_MS);
  return deliverHeld({ ...context, target, record, snapshot }, held);
}

interface HeldContext extends DeliveryContext {
  readonly target: DeliveryTarget;
  readonly record: TargetRecord;
  readonly snapshot: WorkflowSnapshot;
}

async function deliverHeld(context: HeldContext, held: StoredCursor): Promise<Run> {
  const { store, documents, target, snapshot, record, stopping } = context;
  let stored = held;
  let delivered = false;
  /** False: another server has taken over. */
  const write = async (cursor: Cursor): Promise<boolean> => {
    const written = await writeCursor(documents, target.name, stored, cursor);
    if (written !== undefined) stored = written;
    return written !== undefined;
  };
  let cursor = held.cursor;
  let page: readonly WorkflowEvent[] = [];
  while (!stopping.aborted) {
    const [replay] = cursor.replays;
    const after = replay === undefined ? cursor.sequence : replay.sequence - 1;
    if (page[0]?.sequence !== after + 1) {
      const limit = replay === undefined ? PAGE : 1;
      page = await store.readEvents({ workflowId: snapshot.id, after, limit });
    }
    const [event] = page;
    // What came since is for the next run, which knows the workflow as it is then.
    if (event === undefined || event.sequence > snapshot.sequence) break;
    page = page.slice(1);
    const state = replay?.state ?? stateAfter(event, cursor.state);
    const told = toldOf(cursor, event, state);
    const isWanted =
      replay !== undefined ||
      (event.at >= record.since && target.wants(event, finalState(snapshot)));
    if (!isWanted) {
      cursor = told;
      continue;
    }
    const id = eventId(snapshot.id, event.sequence);
    const delivery = { id, workflow: snapshot, event, state };
    const result = await target.deliver(delivery, context.ending);
    if (context.ending.aborted && result.kind !== 'delivered') break;
    const now = await context.now();
    const next = await afterTry(context, cursor, { event, state, result, now });
    cursor = next === 'told' ? { ...told, heldUntil: now + HELD_MS } : next;
    if (next !== 'told') {
      await write(free(cursor));
      return result.kind === 'gone'
        ? { kind: 'disabled' }
        : { kind: 'later', waitMs: cursor.nextAt - now, failed: true };
    }
    delivered ||= result.kind === 'delivered';
    // Of the last one, the write that ends the run says so.
    if (isTold(cursor, snapshot)) break;
    if (!(await write(cursor))) return later(LOOK_AGAIN_MS);
  }
  const isOver = snapshot.completedAt !== undefined && isTold(cursor, snapshot);
  const closesAt = isOver ? (await context.now()) + CLOSES_AFTER_MS : undefined;
  await write(free({ ...cursor, closesAt }));
  return { kind: 'done', delivered };
}

interface Try {
  readonly event: WorkflowEvent;
  readonly state: string;
  readonly result: DeliveryResult;
  readonly now: number;
}

/** What is to be remembered when the event comes again; `told`: it does not. */
async function afterTry(
  context: HeldContext,
  cursor: Cursor,
  { event, state, result, now }: Try,
): Promise<Cursor | 'told'> {
  if (result.kind === 'delivered') return 'told';
  const { documents, target, log } = context;
  const { reason } = result;
  if (result.kind === 'gone') {
    await changeTarget(documents, target.name, (record) => ({
      ...record,
      disabled: { at: now, reason },
    }));
    log.error('a receiver of events wants no more of them', { target: target.name, reason });
    return { ...cursor, failure: reason };
  }
  const { workflowId, sequence, type } = event;
  const tries = cursor.tries + 1;
  if (result.kind === 'failed' && tries < RETRY_SCHEDULE.tries) {
    const wait = retryWaitMs(tries, result.retryAfterMs, context.random);
    return { ...cursor, tries, nextAt: now + wait, failure: reason };
  }
  const letter = { workflowId, sequence, type, state, at: now, tries, reason };
  await keepDeadLetter(documents, target.name, letter);
  const facts = { target: target.name, workflowId, sequence, reason };
  log.error('an event could not be delivered and is among the dead letters', facts);
  return 'told';
}

function toldOf(cursor: Cursor, { sequence }: WorkflowEvent, state: string): Cursor {
  const rest = { tries: 0, nextAt: 0, failure: undefined };
  const [replay, ...replays] = cursor.replays;
  if (replay !== undefined) return { ...cursor, ...rest, replays };
  return { ...cursor, ...rest, sequence, state };
}

function free(cursor: Cursor): Cursor {
  return { ...cursor, heldBy: undefined, heldUntil: 0 };
}

/** Whether nothing is left to deliver of what the snapshot knows. */
function isTold({ sequence, replays }: Cursor, snapshot: WorkflowSnapshot): boolean {
  return sequence >= snapshot.sequence && replays.length === 0;
}

function later(waitMs: number): Run {
  return { kind: 'later', waitMs, failed: false };
}

/** Events that move a workflow say where to. */
function stateAfter({ data }: WorkflowEvent, before: string): string {
  return typeof data['to'] === 'string' ? data['to'] : before;
}

function finalState({ completedAt, state }: WorkflowSnapshot): string | undefined {
  return completedAt === undefined ? undefined : state;
}
