import { createMemoryStore } from '../../memory/memory-store.ts';
import { passingOutputs } from '../../testing/build-outputs.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { createOrchestrator } from '../orchestrator.ts';
import type { OrchestratorOptions } from '../orchestrator-options.ts';

/** An orchestrator in memory, with a clock that stands still. */
export async function setUp(options: Partial<OrchestratorOptions> = {}) {
  const store = options.store ?? (await createMemoryStore());
  const clock = createFakeClock();
  return { store, clock, baton: createOrchestrator({ clock, ...options, store }) };
}

/** A request that advances discovery, but for its workflow. */
export const discovery = {
  role: 'q_assistant',
  completedState: 'discovery',
  result: passingOutputs.discovery,
};
