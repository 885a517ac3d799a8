import type { WorkflowSnapshot } from '../model/workflow.ts';

/** A workflow that may have work. */
export interface Work {
  readonly workflowId: string;
  /** The role that is to act. */
  readonly role: string;
  readonly projectId: string;
  readonly priority: number;
}

export function workOf({
  id: workflowId,
  role,
  projectId,
  priority = 0,
}: WorkflowSnapshot): readonly Work[] {
  return role === undefined ? [] : [{ workflowId, role, projectId, priority }];
}

/** With its place among all that is known: what came earlier has a lower one. */
export interface PlacedWork extends Work {
  readonly place: number;
}

/** What is known to wait for one role of one project: the most urgent first, equal ones by their places. */
export interface Backlog {
  size(): number;
  /** Adds what is behind all others of its priority. */
  add(work: PlacedWork): void;
  /** Adds what was there before, at its place. */
  putBack(work: PlacedWork): void;
  remove(work: PlacedWork): void;
  first(suits: (workflowId: string) => boolean): PlacedWork | undefined;
  /** What is no more urgent than that, the least urgent last. */
  upTo(priority: number): readonly PlacedWork[];
}

export function createBacklog(): Backlog {
  const byPriority = new Map<number, Map<string, PlacedWork>>();
  let size = 0;

  function add(work: PlacedWork): void {
    const known = byPriority.get(work.priority) ?? new Map<string, PlacedWork>();
    byPriority.set(work.priority, known.set(work.workflowId, work));
    size++;
  }

  function priorities(): readonly number[] {
    const found = [...byPriority.keys()];
    return found.length === 1 ? found : found.sort((a, b) => b - a);
  }

  return {
    size: () => size,
    add,
    putBack(work) {
      add(work);
      const known = [...(byPriority.get(work.priority) ?? [])];
      byPriority.set(work.priority, new Map(known.sort(([, a], [, b]) => a.place - b.place)));
    },
    remove({ workflowId, priority }) {
      const known = byPriority.get(priority);
      if (known?.delete(workflowId)) size--;
      if (known?.size === 0) byPriority.delete(priority);
    },
    first(suits) {
      for (const priority of priorities()) {
        for (const work of byPriority.get(priority)?.values() ?? []) {
          if (suits(work.workflowId)) return work;
        }
      }
      return undefined;
    },
    upTo: (most) =>
      priorities()
        .filter((priority) => priority <= most)
        .flatMap((priority) => [...(byPriority.get(priority)?.values() ?? [])]),
  };
}
