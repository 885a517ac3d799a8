import { createOrchestrator } from '@baton/core';
import { startRelays } from '../engine-candidate.ts';
import type { Peer } from '../peer-candidate.ts';
import type { Backend } from '../stores/backend.ts';

/** Baton's engine in this process, as in `bench:engine`: a runner with a role for each state. */
export async function openBaton(
  { open, clear }: Pick<Backend, 'open' | 'clear'>,
  atOnce: number,
): Promise<Peer> {
  await clear();
  const store = await open();
  const baton = createOrchestrator({ store });
  const relays = startRelays({ baton, close: () => store.close() }, atOnce);
  return {
    build: relays.build,
    close: relays.close,
    async stored(workflowId) {
      const outputs = (await store.load(workflowId))?.snapshot.outputs ?? {};
      const { handoffs } = await baton.history({ workflowId });
      return handoffs.map(({ fromState }) => outputs[fromState] ?? { accepted: fromState });
    },
  };
}
