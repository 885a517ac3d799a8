import { timesOutAt } from '../machine/waiting.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { ClaimableQuery, Queue, QueueQuery } from '../ports/workflow-store.ts';
import { createHeap, type Heap } from './heap.ts';
import { byCodePoint, byUrgency, namesAfter } from './order.ts';
import { createSortedTexts, type SortedTexts } from './sorted-texts.ts';

/** Which workflows have work, and whose time is over, without a look at the others. */
export interface DueWork {
  /** What a commit or a renewal has made of a workflow. */
  put(after: WorkflowSnapshot): void;
  claimable(query: ClaimableQuery): readonly WorkflowSnapshot[];
  overdue(now: number, limit: number): readonly WorkflowSnapshot[];
  queues(query: QueueQuery): readonly Queue[];
}

/** @param current the workflow as it is. */
export function createDueWork(current: (id: string) => WorkflowSnapshot): DueWork {
  /** What no worker holds, or whose claim has run out, by when it may be claimed: of each queue. */
  const free = createSchedule();
  /** What a worker holds, by when its claim runs out. */
  const held = createSchedule();
  const deadlines = createSchedule();
  const queues = createQueues();
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

  function setFree(snapshot: WorkflowSnapshot, isThere: boolean): void {
    const { id, notBefore } = snapshot;
    const left = free.kindOf(id);
    const kind = isThere ? queues.enter(snapshot) : ANY;
    free.set(kind, id, isThere ? notBefore : undefined);
    if (left !== undefined && left !== kind && free.isEmpty(left)) queues.drop(left);
  }

  function readyIn(
    project: string,
    roles: readonly string[],
    now: number,
    limit: number,
  ): WorkflowSnapshot[] {
    return roles
      .flatMap((role) => queues.of(role, project))
      .flatMap((queue) => snapshots(free.due(queue, now), now, limit))
      .sort(byUrgency)
      .slice(0, limit);
  }

  /** What is held no longer joins what is free. */
  function release(role: string, now: number): void {
    for (const id of held.due(role, now)) {
      held.set(role, id, undefined);
      setFree(current(id), true);
    }
  }

  function queueOf(role: string, now: number, limit: number): Queue {
    release(role, now);
    const times: number[] = [];
    for (const project of queues.projectsAfter([role], '')) {
      for (const { notBefore, claim } of readyIn(project, [role], now, limit - times.length)) {
        times.push(Math.max(notBefore, claim?.expiresAt ?? 0));
      }
      if (times.length >= limit) break;
    }
    const waitingSince = times.length === 0 ? undefined : Math.min(...times);
    return { role, length: times.length, waitingSince, isCut: times.length === limit };
  }

  return {
    put(after) {
      const { id, role, claim } = after;
      deadlines.set(ANY, id, timesOutAt(after));
      const isHeld = role !== undefined && claim !== undefined;
      held.set(role ?? ANY, id, isHeld ? claim.expiresAt : undefined);
      setFree(after, role !== undefined && !isHeld);
    },
    claimable({ roles: given, now, projectIds, afterProject = '', perProject, limit }) {
      const roles = [...new Set(given)];
      for (const role of roles) release(role, now);
      const found: WorkflowSnapshot[] = [];
      const projects =
        projectIds === undefined
          ? queues.projectsAfter(roles, afterProject)
          : namesAfter(projectIds, afterProject);
      for (const project of projects) {
        if (found.length === limit) break;
        const most = Math.min(perProject ?? limit, limit - found.length);
        found.push(...readyIn(project, roles, now, most));
      }
      return found;
    },
    queues: ({ roles, now, limit }) => roles.map((role) => queueOf(role, now, limit)),
    overdue: (now, limit) => snapshots(deadlines.due(ANY, now), now, limit),
  };
}

/** What waits for a role, by project and priority. */
interface Queues {
  /** Returns the name of the workflow's queue. */
  enter(snapshot: WorkflowSnapshot): string;
  /** Forgets a queue that is empty. */
  drop(queue: string): void;
  /** The queues of a project, the most urgent first. */
  of(role: string, project: string): readonly string[];
  /** The projects behind this one with work for any of the roles, in order. */
  projectsAfter(roles: readonly string[], after: string): Iterable<string>;
}

function createQueues(): Queues {
  interface RoleQueues {
    readonly projects: SortedTexts;
    /** The priorities of a project that have work. */
    readonly priorities: Map<string, Set<number>>;
  }
  const byRole = new Map<string, RoleQueues>();
  const nameOf = (role: string, project: string, priority: number): string =>
    JSON.stringify([role, project, priority]);

  return {
    enter({ role = '', projectId, priority = 0 }) {
      const queues = byRole.get(role) ?? { projects: createSortedTexts(), priorities: new Map() };
      byRole.set(role, queues);
      const known = queues.priorities.get(projectId);
      if (known === undefined) {
        queues.projects.add(projectId);
        queues.priorities.set(projectId, new Set([priority]));
      } else {
        known.add(priority);
      }
      return nameOf(role, projectId, priority);
    },
    drop(queue) {
      const [role, project, priority] = JSON.parse(queue) as [string, string, number];
      const queues = byRole.get(role);
      const priorities = queues?.priorities.get(project);
      priorities?.delete(priority);
      if (priorities?.size !== 0) return;
      queues?.priorities.delete(project);
      queues?.projects.remove(project);
    },
    of(role, project) {
      const priorities = byRole.get(role)?.priorities.get(project) ?? [];
      return [...priorities].sort((a, b) => b - a).map((one) => nameOf(role, project, one));
    },
    *projectsAfter(roles, after) {
      for (let last = after; ; ) {
        const next = roles.flatMap((role) => byRole.get(role)?.projects.after(last) ?? []);
        const [first] = next.sort(byCodePoint);
        if (first === undefined) return;
        yield first;
        last = first;
      }
    },
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
  /** What it is there as. */
  kindOf(id: string): string | undefined;
  isEmpty(kind: string): boolean;
}

/** Entries of a kind beside those that count, before they are cleared away. */
const MOST_STALE = 256;

/** A heap a kind. An entry that was replaced stays in its heap until it comes up. */
function createSchedule(): Schedule {
  const heaps = new Map<string, Heap<Entry>>();
  const latest = new Map<string, Entry>();
  /** How many of each kind are there. */
  const sizes = new Map<string, number>();
  const counts = (entry: Entry): boolean => latest.get(entry.id) === entry;

  function leave({ kind }: Entry): void {
    const size = (sizes.get(kind) ?? 0) - 1;
    if (size > 0) {
      sizes.set(kind, size);
    } else {
      sizes.delete(kind);
      heaps.delete(kind);
    }
  }

  function heapOf(kind: string): Heap<Entry> {
    const known = heaps.get(kind);
    if (known !== undefined) return known;
    const heap = createHeap<Entry>((a, b) => a.at - b.at || byCodePoint(a.id, b.id));
    heaps.set(kind, heap);
    return heap;
  }

  return {
    set(kind, id, at) {
      const known = latest.get(id);
      if (at === undefined) {
        latest.delete(id);
        if (known !== undefined) leave(known);
        return;
      }
      if (known?.at === at && known.kind === kind) return;
      sizes.set(kind, (sizes.get(kind) ?? 0) + 1);
      const heap = heapOf(kind);
      if (heap.size > 2 * (sizes.get(kind) ?? 0) + MOST_STALE) heap.keepOnly(counts);
      const entry = { kind, id, at };
      latest.set(id, entry);
      heap.push(entry);
      if (known !== undefined) leave(known);
    },
    kindOf: (id) => latest.get(id)?.kind,
    isEmpty: (kind) => !sizes.has(kind),
    *due(kind, now) {
      const heap = heaps.get(kind);
      if (heap === undefined) return;
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
        for (const entry of seen) if (counts(entry)) heapOf(kind).push(entry);
      }
    },
  };
}
