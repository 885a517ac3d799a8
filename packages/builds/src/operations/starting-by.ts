import type { DefinitionRequest } from '@baton/core';
import type { Operations } from './operations.ts';

/** Returns operations that start builds with the named definition. */
export function startingBy(
  operations: Operations,
  { name, version }: DefinitionRequest,
): Operations {
  if (name === undefined) return operations;
  const definition = { name, ...(version !== undefined && { version }) };
  return { ...operations, start: (request) => operations.start({ definition, ...request }) };
}
