import { buildDefinition } from '../../packages/core/src/model/build/build-definition.ts';
import type { StateDefinition, TransitionKind } from '../../packages/core/src/model/definition.ts';
import { code, table } from './table.ts';

const { states, transitions } = buildDefinition();

/** The states of the default definition: who acts there, and what an output has to pass. */
export function buildTable(): string {
  const rows = Object.entries(states).map(([name, state]) => [
    code(name),
    ownersOf(state),
    state.kind === 'phase'
      ? state.gates.map(({ name: gate, description }) => `${code(gate)}: ${description}`).join('; ')
      : '',
  ]);
  return table(['state', 'acts', 'gates'], rows);
}

/** Every transition, by its kind. */
export function transitionTable(): string {
  const kinds: readonly TransitionKind[] = ['forward', 'retry', 'failure', 'recovery'];
  const rows = kinds.map((kind) => {
    const found = transitions.filter((one) => one.kind === kind);
    const list = found.map(({ from, to }) => `${code(from)} → ${code(to)}`).join(', ');
    return [kind, String(found.length), list];
  });
  return table(['kind', 'count', 'transitions'], rows);
}

function ownersOf(state: StateDefinition): string {
  if (state.kind === 'phase') return code(state.owner);
  if (state.kind === 'handoff') return `${code(state.giver)} or ${code(state.taker)}`;
  return state.kind === 'error' ? 'a person' : '';
}
