import type { Artifact } from './artifact.ts';
import type { Assignment } from './assignment.ts';
import type { BatonError } from './errors.ts';
import type { Permission } from './grant.ts';
import type { JsonObject } from './json-value.ts';
import type { Question } from './outcome.ts';
import type { Handoff } from './trail.ts';
import type { Budgets, PhaseUsage, Usage } from './usage.ts';
import type { Role, State } from './vocabulary.ts';
import type { Awaiting, Checkpoint, Claim, Failure } from './workflow.ts';

/** What can happen next, and what it takes. */
export interface ExpectedNext {
  /** States that an advance can lead to; empty in `error` and final states. */
  readonly states: readonly State[];
  /** The role that is to act. */
  readonly role: Role | undefined;
  /** In words, for people. */
  readonly description: string;
}

/** A workflow as `status` shows it. Times are milliseconds since the Unix epoch. */
export interface WorkflowStatus {
  readonly workflowId: string;
  readonly buildId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly definition: { readonly name: string; readonly version: number };
  readonly state: State;
  readonly role: Role | undefined;
  /** 0 to 100: how much of the way lies behind; in `error`, of the way to where it failed. */
  readonly progressPercent: number;
  readonly completedPhases: readonly State[];
  readonly handoffs: number;
  /** Milliseconds from start until now, or until it was complete. */
  readonly elapsedMs: number;
  readonly expectedNext: ExpectedNext;
  readonly revision: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly retries: number;
  readonly maxRetries: number;
  /** Which of its project's workflows goes first: the one with the highest. */
  readonly priority: number;
  readonly attempt: number;
  /** Who works on it now; without the token. */
  readonly claim: Pick<Claim, 'worker' | 'claimedAt' | 'expiresAt'> | undefined;
  readonly failure: Failure | undefined;
  /** The person's answers or approval that it waits for; absent: it can go on. */
  readonly awaiting: Awaiting | undefined;
  readonly questions: readonly Question[];
  /** What each phase has used so far, over all attempts. */
  readonly usage: Readonly<Record<string, PhaseUsage>>;
  readonly budgets: Budgets | undefined;
  /** The workspace as the last phase left it; absent before the first checkpoint. */
  readonly checkpoint: Checkpoint | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deadline: number;
  readonly completedAt: number | undefined;
}

/** What a phase has handed in. */
export interface PhaseOutput {
  readonly state: State;
  /**
   * As it was accepted. Undefined when asked for `withoutOutputs`, and where it had no room beside those before: name
   * the phase to get it.
   */
  readonly output: JsonObject | undefined;
}

/**
 * What a workflow is about and what it has come to. Its payloads are at most 3 MiB as JSON and 25,000 values
 * together. A workflow may hold as much: outputs are left out of those alone that are older than that bound.
 */
export interface WorkflowDescription {
  readonly workflowId: string;
  readonly buildId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly definition: { readonly name: string; readonly version: number };
  readonly state: State;
  readonly revision: number;
  readonly epoch: number;
  /** What was asked for, as it was started with. Undefined when a phase was named. */
  readonly requirements: JsonObject | undefined;
  /** Undefined when a phase was named, and where it has no room beside the requirements. */
  readonly metadata: JsonObject | undefined;
  /**
   * The outputs that stand, in the order in which the phases were performed: of the phase that was named, or all.
   * What a rollback or a retry has withdrawn is not among them.
   */
  readonly outputs: readonly PhaseOutput[];
  /** The person's answers or approval that it waits for; absent: it can go on. */
  readonly awaiting: Awaiting | undefined;
  /** The phase whose output waits for approval with the move; absent while no move waits. */
  readonly phaseToApprove: State | undefined;
}

/** A phase that a rollback withdraws. */
export interface WithdrawnPhase {
  readonly state: State;
  readonly role: Role | undefined;
  /** Claims of it so far, those that came to nothing included. */
  readonly attempts: number;
  /** Whether it has an accepted output, which is withdrawn. */
  readonly hasOutput: boolean;
  /** What it has used so far, over all attempts: it stays spent. */
  readonly usage: PhaseUsage;
}

/** What a rollback would do to a workflow as it is now. */
export interface RollbackPlan {
  readonly workflowId: string;
  readonly revision: number;
  readonly epoch: number;
  /** The state that is left. */
  readonly state: State;
  /** The phase that the workflow goes back to, and the role that then acts. */
  readonly targetState: State;
  readonly role: Role | undefined;
  /** From the target on, in the order of the way that led here. */
  readonly withdrawn: readonly WithdrawnPhase[];
  /** Whose work is interrupted; absent without a claim. */
  readonly claim: Pick<Claim, 'worker' | 'claimedAt' | 'expiresAt'> | undefined;
  /** Questions that fall away, open or answered. */
  readonly questions: readonly Question[];
  /** What is not waited for any more. */
  readonly awaiting: Awaiting | undefined;
  /** The failure that the workflow leaves behind. */
  readonly failure: Failure | undefined;
  /** The workspace that is left, and the one that it goes back to; absent before the first checkpoint. */
  readonly checkpointBefore: Checkpoint | undefined;
  readonly checkpointAfter: Checkpoint | undefined;
  /** Artifacts on which nothing rests any more then, by kind; absent where it is not known. */
  readonly artifacts: { readonly byKind: Readonly<Record<string, number>> } | undefined;
  /** SHA-256 of the plan, in hex: what `expectedPlan` of a rollback names. */
  readonly digest: string;
}

export interface HistoryPage {
  readonly handoffs: readonly Handoff[];
  /** Absent on the last page. */
  readonly nextPageToken: string | undefined;
}

export interface WorkflowPage {
  /**
   * As `status` has them, but for texts, which are cut at 1,000 characters: of the questions the first ten
   * that are open, of a failure what happened and no details.
   */
  readonly workflows: readonly WorkflowStatus[];
  /** Absent on the last page. */
  readonly nextPageToken: string | undefined;
}

export interface ArtifactPage {
  /** By number. */
  readonly artifacts: readonly Artifact[];
  /** Absent on the last page. */
  readonly nextPageToken: string | undefined;
}

export interface ProjectPage {
  /** In the order of code points. */
  readonly projectIds: readonly string[];
  /** Absent on the last page. */
  readonly nextPageToken: string | undefined;
}

export interface ProjectStats {
  readonly projectId: string;
  readonly total: number;
  readonly completed: number;
  readonly inProgress: number;
  /** Workflows that have failed and wait in `error` now. */
  readonly failed: number;
  /** Workflows that were cancelled and not taken up again: they are no failures, and not in progress. */
  readonly cancelled: number;
  /** Of completed workflows, start to complete; absent before the first. */
  readonly averageDurationMs: number | undefined;
  /** completed / (completed + failed), 0 to 1; absent before the first of either. */
  readonly successRate: number | undefined;
  /** The state in which most failures happened, recovered ones included; absent without any. */
  readonly mostCommonFailurePoint: State | undefined;
  /** Handoffs of completed workflows; absent before the first. */
  readonly averageHandoffs: number | undefined;
}

/** Phases that were finished, and how long it took from entering them until then, waits included. */
export interface PhaseTimes {
  readonly count: number;
  readonly durationMs: number;
}

/** What happened to the builds of a project on one day. */
export interface ProjectDay {
  /** In UTC, such as `2026-01-31`. */
  readonly day: string;
  readonly started: number;
  readonly completed: number;
  /** From start to complete, of those that were completed, together. */
  readonly completedDurationMs: number;
  /** By the state in which builds failed. */
  readonly failures: Readonly<Record<string, number>>;
  /** By the state in which builds were cancelled. */
  readonly cancellations: Readonly<Record<string, number>>;
  /** By the state that work was sent back from; `error` for those that were taken out of it. */
  readonly retries: Readonly<Record<string, number>>;
  /** By the state that was left. */
  readonly rollbacks: Readonly<Record<string, number>>;
  /** By phase. */
  readonly phases: Readonly<Record<string, PhaseTimes>>;
}

/** What something is limited to: to nothing with `any`, else to these. */
export interface Allowed<T extends string = string> {
  readonly any: boolean;
  readonly names: readonly T[];
}

/** A caller of a server, as far as it has shown who it is, and what it may do. */
export interface CallerDescription {
  /** What the audit trail calls it. */
  readonly name: string;
  /** `nothing`: the server asks no caller for anything, and lets each do everything. */
  readonly shownBy: 'nothing' | 'api_key' | 'token' | 'certificate';
  readonly permissions: readonly Permission[];
  /** Outside of these there is nothing for it. */
  readonly projects: Allowed;
  /** Roles that it may perform or speak as. */
  readonly roles: Allowed<Role>;
  /** Users that it may speak for, beside itself. */
  readonly actors: Allowed;
  /** What it may say of who performs: `person`, `program`, models and families of models. */
  readonly performers: Allowed;
  /** Whether evidence and checkpoints that it sends are accepted. */
  readonly attests: boolean;
  /** Milliseconds since the Unix epoch: when what it has shown ends. Absent: it does not. */
  readonly expiresAt: number | undefined;
}

/** What the attempts of a role and a model have used. */
export interface UsageRow extends Usage {
  readonly role: Role;
  /** As it was declared, `provider:model`; several are joined by a comma. '' where none was declared. */
  readonly model: string;
  /** In UTC, such as `2026-01-31`, where each day was asked for; absent: the whole span. */
  readonly day: string | undefined;
  /** Attempts that ended, whatever came of them. */
  readonly attempts: number;
  /** Time under claims, in milliseconds. */
  readonly durationMs: number;
  /** Set aside for attempts that ended without a word: it may have been used. */
  readonly unsettledTokens: number;
  readonly unsettledCost: number;
}

export interface UsagePage {
  /** By role, then by model, then by day. */
  readonly rows: readonly UsageRow[];
  /** Absent on the last page. */
  readonly nextPageToken: string | undefined;
}

export interface ClaimedAssignment {
  readonly claim: Omit<Claim, 'permits'>;
  readonly assignment: Assignment;
}

/** What a worker that takes work is told. */
export type TakenWork =
  | ({ readonly kind: 'assignment' } & ClaimedAssignment)
  /** A claim of its own holds no more: what it does is lost. */
  | { readonly kind: 'withdrawn'; readonly workflowId: string; readonly claimToken: string }
  /** What kept it from getting work; it goes on waiting. Not told over a wire. */
  | {
      readonly kind: 'trouble';
      readonly workflowId: string | undefined;
      readonly error: BatonError;
    };

/** Work that a runner may take: a phase to claim and perform, or a handoff to accept. */
export interface AvailableWork {
  readonly workflowId: string;
  readonly state: State;
  readonly role: Role;
  readonly kind: 'phase' | 'handoff';
  readonly revision: number;
}
