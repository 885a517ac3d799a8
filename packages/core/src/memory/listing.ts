import type { WorkflowSnapshot } from '../model/workflow.ts';
import { byCreation, type Created, placeIn } from './order.ts';

/** Workflows by creation: all of them, and those of each project. */
export interface Listing {
  add(snapshot: Pick<WorkflowSnapshot, 'id' | 'projectId' | 'createdAt'>): void;
  /**
   * Those behind `last`, or from one end on.
   *
   * @param projectId undefined: of all.
   * @param newestFirst whether from the newest to the oldest.
   */
  after(
    projectId: string | undefined,
    last: Created | undefined,
    newestFirst: boolean,
  ): Iterable<Created>;
}

export function createListing(): Listing {
  const all: Created[] = [];
  const byProject = new Map<string, Created[]>();

  function insert(sorted: Created[], entry: Created): void {
    const last = sorted.at(-1);
    if (last === undefined || byCreation(last, entry) < 0) sorted.push(entry);
    else sorted.splice(placeIn(sorted, entry), 0, entry);
  }

  return {
    add({ id, projectId, createdAt }) {
      const entry = { id, createdAt };
      insert(all, entry);
      const others = byProject.get(projectId) ?? [];
      byProject.set(projectId, others);
      insert(others, entry);
    },
    *after(projectId, last, newestFirst) {
      const sorted = projectId === undefined ? all : (byProject.get(projectId) ?? []);
      const from = newestFirst ? sorted.length : 0;
      let place = last === undefined ? from : placeIn(sorted, last);
      if (newestFirst) {
        while (place > 0) yield sorted[--place] as Created;
        return;
      }
      for (; place < sorted.length; place++) {
        const entry = sorted[place] as Created;
        if (entry.id !== last?.id) yield entry;
      }
    },
  };
}
