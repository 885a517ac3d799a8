import {
  createMemoryStore,
  createOrchestrator,
  type DefinitionDescription,
  type DefinitionRequest,
} from '@baton/core';

/** A definition of this process: it takes no state to know them. */
export async function embeddedDefinition(
  request: DefinitionRequest,
): Promise<DefinitionDescription> {
  return createOrchestrator({ store: await createMemoryStore() }).describeDefinition(request);
}
