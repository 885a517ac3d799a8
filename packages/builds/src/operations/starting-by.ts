import type { DefinitionRequest } from '@baton/core';
import type { Operations } from './operations.ts';

/** Returns operations that start builds with the named definition. */
export function startingBy(
  operations: Operations,
  { name, version }: DefinitionRequest,
): Operations {
  if (name === undefined) return operations;
  const usual = { name, version };
  return {
    ...operations,
    start: ({ definition = usual, ...request }) => operations.start({ ...request, definition }),
  };
}
