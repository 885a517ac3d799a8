import type { Dispatcher, WorkHint } from '../ports/runtime.ts';

/**
 * Carries hints between an orchestrator and the runners of the same process.
 *
 * @example
 * import { createMemoryDispatcher, createMemoryStore, createOrchestrator } from '@baton/core';
 * const dispatcher = createMemoryDispatcher();
 * const baton = createOrchestrator({ store: await createMemoryStore(), dispatcher });
 */
export function createMemoryDispatcher(): Dispatcher {
  const listeners = new Set<(hint: WorkHint) => void>();
  return {
    announce(hint) {
      for (const listener of [...listeners]) listener(hint);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
