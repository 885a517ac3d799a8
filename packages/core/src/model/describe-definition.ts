import { z } from 'zod';
import {
  type ApprovalRule,
  ownersOf,
  type PhaseState,
  type Separation,
  type Transition,
  type WorkflowDefinition,
} from './definition.ts';
import type { JsonObject } from './json.ts';

/** A definition as plain JSON, so that a client in any language can discover it. */
export interface DefinitionDescription {
  readonly name: string;
  readonly version: number;
  readonly initial: string;
  readonly roles: readonly {
    readonly name: string;
    readonly title: string;
    readonly instructions: string;
  }[];
  readonly states: readonly StateDescription[];
  readonly transitions: readonly Transition[];
  readonly approvals: readonly ApprovalRule[];
  readonly separations: readonly Separation[];
  /** Whether an output without a checkpoint of a workspace is refused. */
  readonly workspaceRequired: boolean;
}

export interface StateDescription {
  readonly name: string;
  readonly kind: 'phase' | 'handoff' | 'final' | 'error';
  /** Who may advance it: the role of a phase, giver and taker of a handoff. */
  readonly owners: readonly string[];
  readonly gates: readonly { readonly name: string; readonly description: string }[];
  /** JSON Schema (2020-12) of a phase's output. */
  readonly outputSchema: JsonObject | undefined;
  /** Where a retry request sends the work. */
  readonly retryTo: string | undefined;
}

/** One version of a definition, as a list shows it. */
export interface DefinitionVersion {
  readonly name: string;
  readonly version: number;
  /** Whether a workflow runs by it that is started without a definition. */
  readonly isDefault: boolean;
}

export function describeDefinition(definition: WorkflowDefinition): DefinitionDescription {
  const { name, version, initial, transitions, approvals, separations } = definition;
  return {
    name,
    version,
    initial,
    transitions,
    approvals,
    separations,
    workspaceRequired: definition.workspace === 'required',
    roles: Object.entries(definition.roles).map(([role, { title, instructions }]) => ({
      name: role,
      title,
      instructions,
    })),
    states: Object.entries(definition.states).map(([state, found]) => ({
      name: state,
      kind: found.kind,
      owners: ownersOf(definition, state),
      gates:
        found.kind === 'phase'
          ? found.gates.map(({ name, description }) => ({ name, description }))
          : [],
      outputSchema: found.kind === 'phase' ? outputJsonSchema(found) : undefined,
      retryTo: 'retryTo' in found ? found.retryTo : undefined,
    })),
  };
}

const schemas = new WeakMap<PhaseState, JsonObject>();

/** The JSON Schema of what a role hands in. Made once per phase. */
export function outputJsonSchema(phase: PhaseState): JsonObject {
  const known = schemas.get(phase);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(phase.output, { io: 'input' }) as unknown as JsonObject;
  schemas.set(phase, schema);
  return schema;
}
