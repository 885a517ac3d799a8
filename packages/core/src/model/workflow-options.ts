import type { z } from 'zod';
import type {
  ApprovalRule,
  Gate,
  RoleDefinition,
  Separation,
  WorkspaceRule,
} from './definition.ts';

/** A state in which a role works; its output must fit `output` and pass every gate. */
interface PhaseOptions<Output, Role extends string, State extends string> {
  readonly phase: Role;
  readonly output: Output & z.ZodType<object>;
  /** Checks of the output; each sees it as the schema makes it. */
  readonly gates?: readonly Gate<NoInfer<Output extends z.ZodType ? z.output<Output> : never>>[];
  /** Forward targets; with more than one, an advance has to name the one it takes. */
  readonly to: State | readonly State[];
  /** Phase to which a retry request sends the work. Absent: retry requests are refused here. */
  readonly retryTo?: State;
  /** What is done here, for people, where the name of the state does not say it. */
  readonly summary?: string;
}

/** A border between two roles. */
interface HandoffOptions<Role extends string, State extends string> {
  /** The giver and the taker. */
  readonly handoff: readonly [giver: Role, taker: Role];
  readonly to: State | readonly State[];
  readonly retryTo?: State;
}

/** A state with no way out. */
interface FinalOptions {
  readonly final: true;
}

/**
 * A state of a definition.
 *
 * @typeParam Output the schema of a phase's output.
 */
export type StateOptions<
  Output = z.ZodType<object>,
  Role extends string = string,
  State extends string = string,
> = PhaseOptions<Output, Role, State> | HandoffOptions<Role, State> | FinalOptions;

/**
 * What {@link defineWorkflow} takes.
 *
 * @typeParam Roles names of the roles.
 * @typeParam Outputs the schema of each phase's output, by state.
 */
export interface WorkflowOptions<
  Roles extends string = string,
  Outputs extends object = Record<string, z.ZodType<object>>,
> {
  readonly name: string;
  /** Whole number from 1 on. Workflows keep the version that they started with. */
  readonly version: number;
  readonly roles: Readonly<Record<Roles, RoleDefinition>>;
  /** In order; the first is where a workflow starts. `error` is added by itself. */
  readonly states: {
    readonly [State in keyof Outputs]: StateOptions<
      Outputs[State],
      NoInfer<Roles>,
      NoInfer<keyof Outputs & string>
    >;
  };
  /** Direct retry edges between phases; every other way back runs through `error`. */
  readonly retries?:
    | readonly (readonly [from: NoInfer<keyof Outputs>, to: NoInfer<keyof Outputs>])[]
    | undefined;
  /** Forward transitions that wait for a person's approval. */
  readonly approvals?:
    | readonly ApprovalOptions<NoInfer<keyof Outputs & string> | Other>[]
    | undefined;
  /** Pairs of phases that different performers must perform. */
  readonly separations?: readonly Separation<NoInfer<keyof Outputs & string> | Other>[] | undefined;
  /**
   * `required`: an output without a checkpoint of a workspace is refused, so that no gate on files is left
   * out. Default `optional`.
   */
  readonly workspace?: WorkspaceRule | undefined;
}

/** A name that comes from a file: checked when the workflow is defined. */
type Other = string & Record<never, never>;

/** A forward transition that waits for an approval. */
interface ApprovalOptions<State extends string = string> extends Partial<Pick<ApprovalRule, 'by'>> {
  readonly from: State;
  readonly to: State;
}

/** `to` as a list. */
export function targetsOf(state: StateOptions): readonly string[] {
  if ('final' in state) return [];
  return typeof state.to === 'string' ? [state.to] : state.to;
}
