import {
  createMemoryStore,
  createOrchestrator,
  type DefinitionDescription,
  type DefinitionRequest,
} from '@baton/core';

/** A definition of this process: it takes no state to know them. */
export function embeddedDefinition(request: DefinitionRequest): DefinitionDescription {
  return createOrchestrator({ store: createMemoryStore() }).describeDefinition(request);
}
