import type {
  DefinitionDescription,
  DefinitionRequest,
  Orchestrator,
  WorkSource,
} from '@baton/core';

/** Baton's operations, in this process or on a server. */
export interface Operations
  extends Omit<Orchestrator, 'advance' | 'describeDefinition' | 'expireOverdue'> {
  advance: WorkSource['advance'];
  describeDefinition(
    request: DefinitionRequest,
  ): DefinitionDescription | Promise<DefinitionDescription>;
}
