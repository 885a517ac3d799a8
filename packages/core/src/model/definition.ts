import type { z } from 'zod';
import type { JsonObject } from './json.ts';
import type { Checkpoint } from './workflow.ts';

/** Where a failed build waits for a person. Every definition has it. */
export const ERROR_STATE = 'error';

export type TransitionKind = 'forward' | 'retry' | 'failure' | 'recovery';

export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly kind: TransitionKind;
}

export interface RoleDefinition {
  /** For people, such as `Test Auditor`. */
  readonly title: string;
  /** The role's tasks, what it receives and hands over, when it sends back, its quality bar. */
  readonly instructions: string;
}

/** What a gate may look at beside the output. */
export interface GateContext {
  /** The workspace as it stands at this border; absent when the build has no workspace. */
  readonly checkpoint: Checkpoint | undefined;
  /** The accepted outputs of the phases before, by phase. */
  readonly outputs: Readonly<Record<string, JsonObject>>;
}

/** A named check that an output must pass before the baton moves. Pure. */
export interface Gate<Output = JsonObject> {
  readonly name: string;
  /** What passing it means, for people and for other languages. */
  readonly description: string;
  /**
   * Whether there is anything to judge here. Where there is not, the audit trail says that the gate was not
   * applied, and not that it was passed. Default: always.
   */
  appliesTo?(context: GateContext): boolean;
  /** Undefined when passed, else what was found and what was expected. */
  check(output: Output, context: GateContext): string | undefined;
}

/** A state in which a role works and leaves an output. */
export interface PhaseState {
  readonly kind: 'phase';
  readonly owner: string;
  /** Its output has to be JSON again: no dates, no functions. */
  readonly output: z.ZodType<object>;
  readonly gates: readonly Gate[];
  /** Where a retry request sends the work; absent: there is no role before this one. */
  readonly retryTo: string | undefined;
  /** What is done here, for people, where the name of the state does not say it. */
  readonly summary: string | undefined;
}

/** A border: the giver has finished, the taker has not begun. Either may advance it. */
interface HandoffState {
  readonly kind: 'handoff';
  readonly giver: string;
  readonly taker: string;
  readonly retryTo: string | undefined;
}

interface FinalState {
  readonly kind: 'final';
}

interface ErrorState {
  readonly kind: 'error';
}

export type StateDefinition = PhaseState | HandoffState | FinalState | ErrorState;

/** What tells two performers apart. */
export type SeparatedBy = 'worker' | 'model' | 'model_family';

/** A separation of duties: the performer of `phase` must differ from the performer of `from`. */
export interface Separation<Phase extends string = string> {
  readonly phase: Phase;
  readonly from: Phase;
  readonly by: SeparatedBy;
}

/** A forward transition that waits for a person's approval. */
export interface ApprovalRule {
  readonly from: string;
  readonly to: string;
  /** The principals who may decide; empty: any principal that is not a role. */
  readonly by: readonly string[];
}

/** Whether a workflow may do without a workspace: then what judges its files is not applied. */
export type WorkspaceRule = 'optional' | 'required';

/** What is known of a definition when code is compiled. */
export interface WorkflowTypes {
  /** Names of its states, without `error`. */
  readonly states: string;
  /** Names of its roles. */
  readonly roles: string;
  /** The schema of each phase's output, by state. */
  readonly outputs: object;
}

/**
 * The states, transitions, owners, gates and output schemas that a workflow runs by.
 *
 * @typeParam T what is known of it when code is compiled; {@link defineWorkflow} infers it.
 */
export interface WorkflowDefinition<T extends WorkflowTypes = WorkflowTypes> {
  /** For the compiler alone: it is never there. */
  readonly types?: T;
  readonly name: string;
  /** From 1 on; a workflow keeps the version it started with. */
  readonly version: number;
  readonly initial: string;
  readonly roles: Readonly<Record<string, RoleDefinition>>;
  /** Every state by name, `error` included, in the order of the definition. */
  readonly states: Readonly<Record<string, StateDefinition>>;
  readonly transitions: readonly Transition[];
  readonly approvals: readonly ApprovalRule[];
  readonly separations: readonly Separation[];
  /** Whether every phase has to end with a checkpoint of a workspace. */
  readonly workspace: WorkspaceRule;
  /** Legal targets of each state, by target. Derived from `transitions`. */
  readonly edges: Readonly<Record<string, Readonly<Record<string, TransitionKind>>>>;
  /** Forward targets of each state. Derived from `transitions`. */
  readonly forward: Readonly<Record<string, readonly string[]>>;
  /** How much of the way to the nearest final state lies behind each state, 0 to 100. Derived. */
  readonly progress: Readonly<Record<string, number>>;
}

/** The role that is to act in `state`: a phase's owner, a handoff's taker, no role elsewhere. */
export function roleToAct(definition: WorkflowDefinition, state: string): string | undefined {
  const found = definition.states[state];
  if (found?.kind === 'phase') return found.owner;
  if (found?.kind === 'handoff') return found.taker;
  return undefined;
}

/** All roles that may advance `state`. */
export function ownersOf(definition: WorkflowDefinition, state: string): readonly string[] {
  const found = definition.states[state];
  if (found?.kind === 'phase') return [found.owner];
  if (found?.kind === 'handoff') return [found.giver, found.taker];
  return [];
}
