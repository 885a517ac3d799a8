import type { JsonObject } from './json.ts';
import type { Role, State } from './vocabulary.ts';

/** What workflows run by. */

export interface StateDescription {
  readonly name: State;
  readonly kind: 'phase' | 'handoff' | 'final' | 'error';
  /** Who may advance it: the role of a phase, giver and taker of a handoff. */
  readonly owners: readonly Role[];
  readonly gates: readonly { readonly name: string; readonly description: string }[];
  /** JSON Schema (2020-12) of a phase's output. */
  readonly outputSchema: JsonObject | undefined;
  /** Where a retry request sends the work. */
  readonly retryTo: State | undefined;
}

export interface TransitionDescription {
  readonly from: State;
  readonly to: State;
  readonly kind: 'forward' | 'retry' | 'failure' | 'recovery';
}

export interface DefinitionDescription {
  readonly name: string;
  readonly version: number;
  readonly initial: State;
  readonly roles: readonly {
    readonly name: Role;
    readonly title: string;
    readonly instructions: string;
  }[];
  readonly states: readonly StateDescription[];
  readonly transitions: readonly TransitionDescription[];
  /** Moves that wait for a person's approval; `by` empty: of anybody who is not a role. */
  readonly approvals: readonly {
    readonly from: State;
    readonly to: State;
    readonly by: readonly string[];
  }[];
  /** Whoever performs `phase` must not be who performed `from`. */
  readonly separations: readonly {
    readonly phase: State;
    readonly from: State;
    readonly by: 'worker' | 'model' | 'model_family';
  }[];
}
