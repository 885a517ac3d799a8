import type { DefinitionDescription, DefinitionRequest, Orchestrator } from '@baton/core';

/** Baton's operations, in this process or on a server. */
export interface Operations extends Omit<Orchestrator, 'describeDefinition' | 'expireOverdue'> {
  describeDefinition(
    request: DefinitionRequest,
  ): DefinitionDescription | Promise<DefinitionDescription>;
}
