import type * as view from '@baton/core/api';
import type * as wire from '@baton/proto';
import { json } from './from-message.ts';

export function toDefinition(definition: wire.Definition): view.DefinitionDescription {
  return {
    name: definition.name,
    version: definition.version,
    initial: definition.initialState,
    roles: definition.roles.map(({ name, title, instructions }) => ({ name, title, instructions })),
    states: definition.states.map((state) => ({
      name: state.name,
      kind: state.kind as view.StateDescription['kind'],
      owners: state.owners,
      gates: state.gates.map(({ name, description }) => ({ name, description })),
      outputSchema: state.outputSchema && json(state.outputSchema),
      retryTo: state.retryTo,
    })),
    transitions: definition.transitions.map(({ from, to, kind }) => ({
      from,
      to,
      kind: kind as view.TransitionDescription['kind'],
    })),
    approvals: definition.approvals.map(({ from, to, by }) => ({ from, to, by })),
    separations: definition.separations.map(({ phase, from, by }) => ({
      phase,
      from,
      by: by as view.DefinitionDescription['separations'][number]['by'],
    })),
  };
}
