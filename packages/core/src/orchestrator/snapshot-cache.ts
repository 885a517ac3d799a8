import type { WorkflowSnapshot } from '../model/workflow.ts';

/** The newest snapshots that this process has seen: least recently used ones go first. */
export interface SnapshotCache {
  get(workflowId: string): WorkflowSnapshot | undefined;
  /** Keeps `snapshot` unless a newer one is known. */
  put(snapshot: WorkflowSnapshot): void;
  forget(workflowId: string): void;
}

export function createSnapshotCache(capacity: number): SnapshotCache {
  const entries = new Map<string, WorkflowSnapshot>();
  return {
    get: (workflowId) => entries.get(workflowId),
    put(snapshot) {
      const known = entries.get(snapshot.id);
      if (known !== undefined && known.revision > snapshot.revision) return;
      entries.delete(snapshot.id);
      entries.set(snapshot.id, snapshot);
      if (entries.size > capacity) entries.delete(entries.keys().next().value as string);
    },
    forget: (workflowId) => void entries.delete(workflowId),
  };
}
