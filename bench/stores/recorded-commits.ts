import {
  type Commit,
  createMemoryStore,
  createOrchestrator,
  type WorkflowStore,
} from '@baton/core';
import { PATH, startWorkflows } from '../path.ts';

/** What an orchestrator hands to a store when builds run from start to complete. */
export interface RecordedBuilds {
  readonly creates: readonly Commit[];
  /** The commits of each build, in order. */
  readonly builds: readonly (readonly Commit[])[];
}

export async function recordCommits(count: number): Promise<RecordedBuilds> {
  const creates: Commit[] = [];
  const builds: Commit[][] = [];
  const memory = await createMemoryStore();
  const store: WorkflowStore = {
    ...memory,
    create(commit) {
      creates.push(commit);
      return memory.create(commit);
    },
    commit(batch) {
      builds.at(-1)?.push(...batch);
      return memory.commit(batch);
    },
  };
  const baton = createOrchestrator({ store });
  for (const workflowId of await startWorkflows(baton, count)) {
    builds.push([]);
    for (const step of PATH) await baton.advance({ workflowId, ...step });
  }
  return { creates, builds };
}
