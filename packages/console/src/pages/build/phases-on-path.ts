import type { WorkflowStatus } from '@baton/core/api';

/** The phases on the way to here, the current or failed one last: where a rollback can go. */
export function phasesOnPath(
  {
    completedPhases,
    state,
    failure,
  }: Pick<WorkflowStatus, 'completedPhases' | 'state' | 'failure'>,
  phases: readonly string[],
): readonly string[] {
  const current = failure?.phase ?? (phases.includes(state) ? state : undefined);
  if (current === undefined || completedPhases.includes(current)) return completedPhases;
  return [...completedPhases, current];
}

/** The names of a definition's phases, in order. */
export function phaseNames(
  definition:
    | { readonly states: readonly { readonly name: string; readonly kind: string }[] }
    | undefined,
): readonly string[] {
  return definition?.states.filter(({ kind }) => kind === 'phase').map(({ name }) => name) ?? [];
}
