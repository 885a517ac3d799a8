import type { DefinitionDescription, StateDescription } from '@baton/core';
import type * as wire from '@baton/proto';
import { list, struct, type Wire } from './wire.ts';

export function fromDefinition(definition: DefinitionDescription): Wire<wire.Definition> {
  return {
    $typeName: 'baton.v1.Definition',
    name: definition.name,
    version: definition.version,
    initialState: definition.initial,
    roles: definition.roles.map(fromRole),
    states: definition.states.map(fromState),
    transitions: definition.transitions.map(fromTransition),
    approvals: definition.approvals.map(({ from, to, by }) => ({
      $typeName: 'baton.v1.ApprovalRule',
      from,
      to,
      by: list(by),
    })),
    separations: definition.separations.map(({ phase, from, by }) => ({
      $typeName: 'baton.v1.Separation',
      phase,
      from,
      by,
    })),
  };
}

function fromState(state: StateDescription): Wire<wire.StateDefinition> {
  return {
    $typeName: 'baton.v1.StateDefinition',
    name: state.name,
    kind: state.kind,
    owners: list(state.owners),
    gates: state.gates.map(fromGate),
    outputSchema: state.outputSchema && struct(state.outputSchema),
    retryTo: state.retryTo,
  };
}

function fromRole(role: DefinitionDescription['roles'][number]): Wire<wire.RoleDefinition> {
  return {
    $typeName: 'baton.v1.RoleDefinition',
    name: role.name,
    title: role.title,
    instructions: role.instructions,
  };
}

function fromGate(gate: StateDescription['gates'][number]): Wire<wire.Gate> {
  return { $typeName: 'baton.v1.Gate', name: gate.name, description: gate.description };
}

function fromTransition(
  transition: DefinitionDescription['transitions'][number],
): Wire<wire.Transition> {
  return {
    $typeName: 'baton.v1.Transition',
    from: transition.from,
    to: transition.to,
    kind: transition.kind,
  };
}
