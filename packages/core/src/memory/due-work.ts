import { timesOutAt } from '../machine/waiting.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { createHeap, type Heap } from './heap.ts';
import { byCodePoint } from './order.ts';

/** Which workflows have work, and whose time is over, without a look at the others. */
export interface DueWork {
  /** What a commit or a renewal has made of a workflow. */
  put(after: WorkflowSnapshot): void;
  claimable(role: string, now: number, limit: number): readonly WorkflowSnapshot[];
  overdue(now: number, limit: number): readonly WorkflowSnapshot[];
}

/** @param current the workflow as it is. */
export function createDueWork(current: (id: string) => WorkflowSnapshot): DueWork {
  /** What no worker holds, or whose claim has run out, by when it may be claimed. */
  const free = createSchedule();
  /** What a worker holds, by when its claim runs out. */
  const held = createSchedule();
  const deadlines = createSchedule();
  /** All deadlines are of one kind. */
  const ANY = '';

  const isFree = ({ claim }: WorkflowSnapshot, now: number): boolean =>
    (claim?.expiresAt ?? 0) <= now;

  function snapshots(ids: Iterable<string>, now: number, limit: number): WorkflowSnapshot[] {
    const found: WorkflowSnapshot[] = [];
    for (const id of ids) {
      const snapshot = current(id);
      // Its claim was renewed, or the caller's clock is behind.
      if (isFree(snapshot, now) && found.push(snapshot) === limit) break;
    }
    return found;
  }

  return {
    put(after) {
      const { id, role, claim, notBefore } = after;
      deadlines.set(ANY, id, timesOutAt(after));
      const isHeld = role !== undefined && claim !== undefined;
      held.set(role ?? ANY, id, isHeld ? claim.expiresAt : undefined);
      free.set(role ?? ANY, id, role === undefined || isHeld ? undefined : notBefore);
    },
    claimable(role, now, limit) {
      for (const id of held.due(role, now)) {
        held.set(role, id, undefined);
        free.set(role, id, current(id).notBefore);
      }
      return snapshots(free.due(role, now), now, limit);
    },
    overdue: (now, limit) => snapshots(deadlines.due(ANY, now), now, limit),
  };
}

interface Entry {
  readonly kind: string;
  readonly id: string;
  readonly at: number;
}

/** Ids by kind, each with a time. */
interface Schedule {
  /** The id is of this kind and due at this time, whatever it was before; undefined: it is not there. */
  set(kind: string, id: string, at: number | undefined): void;
  /** Those that are due, by time and id. They stay; the schedule may be changed meanwhile. */
  due(kind: string, now: number): Iterable<string>;
}

/** Entries beside those that count, before they are cleared away. */
const MOST_STALE = 4096;

/** A heap a kind. An entry that was replaced stays in its heap until it comes up. */
function createSchedule(): Schedule {
  const heaps = new Map<string, Heap<Entry>>();
  const latest = new Map<string, Entry>();
  const counts = (entry: Entry): boolean => latest.get(entry.id) === entry;

  function heapOf(kind: string): Heap<Entry> {
    const known = heaps.get(kind);
    if (known !== undefined) return known;
    const heap = createHeap<Entry>((a, b) => a.at - b.at || byCodePoint(a.id, b.id));
    heaps.set(kind, heap);
    return heap;
  }

  return {
    set(kind, id, at) {
      if (at === undefined) {
        latest.delete(id);
        return;
      }
      const known = latest.get(id);
      if (known?.at === at && known.kind === kind) return;
      const heap = heapOf(kind);
      if (heap.size > 2 * latest.size + MOST_STALE) heap.keepOnly(counts);
      const entry = { kind, id, at };
      latest.set(id, entry);
      heap.push(entry);
    },
    *due(kind, now) {
      const heap = heapOf(kind);
      const seen: Entry[] = [];
      try {
        for (let entry = heap.first(); entry !== undefined && entry.at <= now; ) {
          heap.pop();
          if (counts(entry)) {
            seen.push(entry);
            yield entry.id;
          }
          entry = heap.first();
        }
      } finally {
        for (const entry of seen) if (counts(entry)) heap.push(entry);
      }
    },
  };
}
