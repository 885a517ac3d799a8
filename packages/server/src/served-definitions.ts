import { buildDefinition, handOverDefinition, type WorkflowDefinition } from '@baton/core';
import { ConfigError } from './config.ts';

/**
 * The definitions of a server, the one of builds that name none first.
 *
 * @param own of its policies. Default: the ready-made ones.
 * @param usual the name of the one to be first. Default: as they come.
 * @throws ConfigError for a name that none of them has.
 */
export function servedDefinitions(
  own: readonly WorkflowDefinition[] | undefined,
  usual: string | undefined,
): readonly WorkflowDefinition[] {
  const all = own ?? [buildDefinition(), handOverDefinition()];
  if (usual === undefined) return all;
  const first = all.filter(({ name }) => name === usual);
  if (first.length > 0) return [...first, ...all.filter(({ name }) => name !== usual)];
  const names = [...new Set(all.map(({ name }) => name))].join(', ');
  throw new ConfigError([`WORKFLOW_DEFINITION: found '${usual}', expected one of ${names}`]);
}
