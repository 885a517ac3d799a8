import type { DefinitionRequest } from '@baton/core';
import type { Operations } from './operations.ts';

/** The same operations, by which builds are begun with a definition that is named. */
export function startingBy(
  operations: Operations,
  { name, version }: DefinitionRequest,
): Operations {
  if (name === undefined) return operations;
  const definition = { name, ...(version !== undefined && { version }) };
  return { ...operations, start: (request) => operations.start({ definition, ...request }) };
}
