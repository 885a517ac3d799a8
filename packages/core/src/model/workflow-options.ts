import type { z } from 'zod';
import type { ApprovalRule, Gate, RoleDefinition, Separation } from './definition.ts';

/** A state in which a role works; its output must fit `output` and pass every gate. */
interface PhaseOptions {
  readonly phase: string;
  readonly output: z.ZodType<object>;
  readonly gates?: readonly Gate[];
  /** Forward targets; with more than one, an advance has to name the one it takes. */
  readonly to: string | readonly string[];
  /** Phase to which a retry request sends the work. Absent: retry requests are refused here. */
  readonly retryTo?: string;
  /** What is done here, for people, where the name of the state does not say it. */
  readonly summary?: string;
}

/** A border between two roles. */
interface HandoffOptions {
  /** The giver and the taker. */
  readonly handoff: readonly [giver: string, taker: string];
  readonly to: string | readonly string[];
  readonly retryTo?: string;
}

/** A state with no way out. */
interface FinalOptions {
  readonly final: true;
}

export type StateOptions = PhaseOptions | HandoffOptions | FinalOptions;

export interface WorkflowOptions {
  readonly name: string;
  /** Whole number from 1 on. Workflows keep the version that they started with. */
  readonly version: number;
  readonly roles: Readonly<Record<string, RoleDefinition>>;
  /** In order; the first is where a workflow starts. `error` is added by itself. */
  readonly states: Readonly<Record<string, StateOptions>>;
  /** Direct retry edges between phases; every other way back runs through `error`. */
  readonly retries?: readonly (readonly [from: string, to: string])[] | undefined;
  /** Forward transitions that wait for a person's approval. */
  readonly approvals?:
    | readonly (Omit<ApprovalRule, 'by'> & Partial<Pick<ApprovalRule, 'by'>>)[]
    | undefined;
  /** Pairs of phases that different performers must perform. */
  readonly separations?: readonly Separation[] | undefined;
}

/** `to` as a list. */
export function targetsOf(state: StateOptions): readonly string[] {
  if ('final' in state) return [];
  return typeof state.to === 'string' ? [state.to] : state.to;
}
