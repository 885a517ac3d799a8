import {
  buildDefinition,
  createMemoryStore,
  createOrchestrator,
  type WorkflowSnapshot,
} from '@baton/core';
import { transition } from '@baton/core/internal';
import { PATH, startWorkflows } from './path.ts';
import { type Candidate, timedWork } from './sample.ts';

const BUILDS = 20_000;

/** Decisions of the machine alone: no validation, no store. */
export async function machineCandidate(): Promise<Candidate> {
  const definition = buildDefinition();
  const store = await createMemoryStore();
  const [id = ''] = await startWorkflows(createOrchestrator({ store }), 1);
  const first = (await store.load(id))?.snapshot as WorkflowSnapshot;
  const now = first.createdAt;
  const walk = (): void => {
    let snapshot = first;
    for (const step of PATH) {
      const decision = transition<'advance'>(definition, snapshot, {
        kind: 'advance',
        ...step,
        nextState: undefined,
        checkpoint: undefined,
        expectedRevision: undefined,
        expectedEpoch: undefined,
        claimToken: undefined,
        usage: undefined,
        notes: [],
        now,
      });
      if (decision.kind !== 'accepted') throw new Error(`refused in ${snapshot.state}`);
      snapshot = decision.change.snapshot;
    }
  };
  return {
    name: 'machine alone',
    run: async () =>
      timedWork(BUILDS * PATH.length, () => {
        for (let i = 0; i < BUILDS; i++) walk();
      }),
  };
}
