import type {
  DefinitionDescription,
  DefinitionRequest,
  DefinitionVersion,
  Orchestrator,
  WorkSource,
} from '@baton/core';

/** Baton's operations, in this process or on a server. */
export interface Operations
  extends Omit<
    Orchestrator,
    'advance' | 'describeDefinition' | 'listDefinitions' | 'expireOverdue'
  > {
  advance: WorkSource['advance'];
  describeDefinition(
    request: DefinitionRequest,
  ): DefinitionDescription | Promise<DefinitionDescription>;
  listDefinitions(): readonly DefinitionVersion[] | Promise<readonly DefinitionVersion[]>;
}
