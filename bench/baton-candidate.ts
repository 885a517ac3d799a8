import { createOrchestrator, type Orchestrator, type WorkflowStore } from '@baton/core';
import { PATH, startWorkflows } from './path.ts';
import { type Candidate, type Step, timedJobs } from './sample.ts';
import type { Backend } from './stores/backend.ts';

/**
 * Advances of `atOnce` workflows, each from discovery to complete, through an orchestrator.
 *
 * @param alter changes the store before it is used.
 */
export function batonCandidate(
  name: string,
  { open, clear }: Pick<Backend, 'open' | 'clear'>,
  atOnce: number,
  builds: number,
  alter: (store: WorkflowStore) => WorkflowStore = (store) => store,
): Candidate {
  return {
    name,
    async run() {
      await clear();
      const store = await open();
      const baton = createOrchestrator({ store: alter(store) });
      const sample = await timedJobs(await advances(baton, builds), atOnce);
      await store.close();
      return sample;
    },
  };
}

/** Builds that have been started, as jobs. */
export async function advances(
  baton: Orchestrator,
  builds: number,
): Promise<readonly (readonly Step[])[]> {
  const share = Math.ceil(builds / 16);
  const lanes = Array.from({ length: Math.ceil(builds / share) }, () => share);
  const ids = (await Promise.all(lanes.map((count) => startWorkflows(baton, count)))).flat();
  return ids
    .slice(0, builds)
    .map((workflowId) =>
      PATH.map((step) => ({ operations: 1, run: () => baton.advance({ workflowId, ...step }) })),
    );
}
