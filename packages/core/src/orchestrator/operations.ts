import type { WorkflowTypes } from '../model/definition.ts';
import type { DefinitionDescription, DefinitionVersion } from '../model/describe-definition.ts';
import type { Progress } from '../model/progress.ts';
import type {
  AdvanceReply,
  AnswerReply,
  ApprovalReply,
  AskReply,
  CancelReply,
  FailAttemptReply,
  RequestRetryReply,
  RollbackReply,
  StartReply,
} from '../model/replies.ts';
import type {
  AdvanceRequest,
  AnswerQuestionRequest,
  AskRequest,
  CancelRequest,
  ClaimRequest,
  DecideApprovalRequest,
  DefinitionRequest,
  DescribeWorkflowRequest,
  FailAttemptRequest,
  ListClaimableRequest,
  ListProjectsRequest,
  ListRequest,
  PageRequest,
  PlanRollbackRequest,
  PollWorkRequest,
  ProjectHistoryRequest,
  ProjectRequest,
  RenewClaimRequest,
  RenewClaimsRequest,
  ReportProgressRequest,
  RequestRetryRequest,
  RollbackRequest,
  StartRequest,
  TakeWorkRequest,
  UsageRequest,
  WatchRequest,
  WorkflowRequest,
} from '../model/requests.ts';
import type { WorkflowEvent } from '../model/trail.ts';
import type {
  AvailableWork,
  ClaimedAssignment,
  HistoryPage,
  ProjectDay,
  ProjectPage,
  ProjectStats,
  RollbackPlan,
  TakenWork,
  UsagePage,
  WorkflowDescription,
  WorkflowPage,
  WorkflowStatus,
} from '../model/views.ts';
import type { AdvanceOf, Of } from '../model/workflow-types.ts';

/** What a runner needs of an orchestrator, here or behind a wire. */
export interface WorkSource {
  /**
   * Claims work for a worker and gives it to it as it comes, until the signal aborts or its reader ends. What
   * was claimed and not read goes back at once. Several workers never get the same.
   *
   * @param onOpen called when the source has taken the request: from then on, no work means that there is none.
   * @throws BatonError `invalid_input`; over a wire also `unavailable`: then ask again, with what is held.
   * @example
   * import { createMemoryStore, createOrchestrator } from '@baton/core';
   * const baton = createOrchestrator({ store: await createMemoryStore() });
   * const offers = [{ worker: 'w1', roles: ['code_writer'], leaseMs: 30_000 }];
   * for await (const work of baton.takeWork({ offers, capacity: 4 }, AbortSignal.timeout(60_000))) {
   *   if (work.kind === 'assignment') console.log(work.assignment.instructions);
   * }
   */
  takeWork(
    request: TakeWorkRequest,
    signal?: AbortSignal,
    onOpen?: () => void,
  ): AsyncIterable<TakenWork>;
  /**
   * Work for `roles`, the longest waiting first.
   * @throws BatonError `unavailable`.
   */
  listClaimable(request: ListClaimableRequest): Promise<readonly AvailableWork[]>;
  /**
   * Takes the current assignment of a workflow.
   * @throws BatonError `wrong_state`, `not_owner`, `stale_claim`, `timed_out`, `budget_spent` …
   */
  claim(request: ClaimRequest): Promise<ClaimedAssignment>;
  /** Heartbeat. False when the claim is lost: stop working. */
  renewClaim(request: RenewClaimRequest): Promise<boolean>;
  /** Heartbeat of several claims: whether each still holds, in their order. */
  renewClaims(request: RenewClaimsRequest): Promise<readonly boolean[]>;
  /** Reports that an attempt ended without an outcome. */
  failAttempt(request: FailAttemptRequest): Promise<FailAttemptReply>;
  advance(request: AdvanceRequest): Promise<AdvanceReply>;
  requestRetry(request: RequestRetryRequest): Promise<RequestRetryReply>;
  /** Ends the claim with questions to a person; the workflow waits for the answers. */
  ask(request: AskRequest): Promise<AskReply>;
  /** Passes what a role says of its work to watchers; nothing is stored. */
  reportProgress(request: ReportProgressRequest): Promise<void>;
}

/**
 * Baton's operations. Every method may throw a BatonError: `invalid_input` for a malformed request,
 * `not_found`, `unavailable` when the store is away, and what its line names.
 */
export interface Orchestrator extends WorkSource {
  /**
   * Claims an assignment for a worker: as soon as there is one, or until `waitMs` is over; then there is none.
   * For callers to whom a stream is of no use. That the claim was withdrawn they hear when they renew it.
   */
  pollWork(request: PollWorkRequest, signal?: AbortSignal): Promise<readonly ClaimedAssignment[]>;
  /** @throws BatonError `already_exists` for a build id that is taken, `request_id_reused`. */
  start(request: StartRequest): Promise<StartReply>;
  /**
   * Moves the baton on: the output is checked by schema and gates first.
   * @throws BatonError `wrong_state`, `not_owner`, `gate_not_passed`, `illegal_transition`,
   * `stale_revision`, `stale_epoch`, `stale_claim`, `timed_out`, `request_id_reused`.
   * @param attestedBy who vouches for the evidence and the checkpoint in it, for the audit trail. Default: the
   * worker that holds the claim.
   */
  advance(request: AdvanceRequest, attestedBy?: string): Promise<AdvanceReply>;
  status(request: WorkflowRequest): Promise<WorkflowStatus>;
  /**
   * What a workflow is about and what it has come to: the request that it was started with, the outputs that stand,
   * and which of them waits for approval.
   * @throws BatonError `invalid_input` for a phase that its definition does not have, with those that it has.
   * @example
   * import { createMemoryStore, createOrchestrator } from '@baton/core';
   * const baton = createOrchestrator({ store: await createMemoryStore() });
   * const { requirements, outputs } = await baton.describeWorkflow({ workflowId: 'wf_1' });
   */
  describeWorkflow(request: DescribeWorkflowRequest): Promise<WorkflowDescription>;
  /**
   * Sends the work back, with the reason as feedback. With the budget spent the workflow goes to
   * `error`, and the reply says so.
   * @throws BatonError `illegal_transition`, `wrong_state`, `budget_spent` (when already in `error`).
   */
  requestRetry(request: RequestRetryRequest): Promise<RequestRetryReply>;
  /**
   * Answers a question; with the last open one answered, the work goes on.
   * @throws BatonError `invalid_input` for an unknown question or choice, `wrong_state` for one that
   * is not open any more, `not_owner` for an answer by a role.
   */
  answerQuestion(request: AnswerQuestionRequest): Promise<AnswerReply>;
  /**
   * Lets a move happen that waits for approval, or sends the work back.
   * @throws BatonError `wrong_state` when nothing waits for approval, `not_owner` for a caller who may
   * not decide, `stale_revision` when `expectedCheckpoint` is not the workflow's.
   */
  decideApproval(request: DecideApprovalRequest): Promise<ApprovalReply>;
  history(request: PageRequest): Promise<HistoryPage>;
  /**
   * Goes back to a phase and withdraws the outputs from there on.
   * @throws BatonError `illegal_transition` for a phase that is not on the way that led here, `stale_revision`
   * when `expectedPlan` is not what it would do now.
   */
  rollback(request: RollbackRequest): Promise<RollbackReply>;
  /**
   * What a rollback by a person would do now; changes nothing. Of artifacts a server knows, an orchestrator does not.
   * @throws BatonError as `rollback`.
   */
  planRollback(request: PlanRollbackRequest): Promise<RollbackPlan>;
  /**
   * The projects in which workflows were started, in the order of code points, in pages.
   * @example
   * import { createMemoryStore, createOrchestrator } from '@baton/core';
   * const baton = createOrchestrator({ store: await createMemoryStore() });
   * const { projectIds } = await baton.listProjects({ pageSize: 1000 });
   */
  listProjects(request: ListProjectsRequest): Promise<ProjectPage>;
  /**
   * A person stops a workflow, whatever it does or waits for: the work under way is withdrawn, and the
   * workflow goes to `error` with the failure code `cancelled`. It counts as cancelled, not as failed; a retry or a
   * rollback takes it up again.
   * @throws BatonError `wrong_state` for one that is complete or in `error` already, `not_owner` for a role,
   * `stale_revision`.
   * @example
   * import { createMemoryStore, createOrchestrator } from '@baton/core';
   * const baton = createOrchestrator({ store: await createMemoryStore() });
   * const build = { projectId: 'shop', buildId: 'b1', userId: 'ada', requirements: {} };
   * const { workflowId } = await baton.start(build);
   * await baton.cancel({ workflowId, reason: 'not wanted any more', by: 'ada' });
   */
  cancel(request: CancelRequest): Promise<CancelReply>;
  projectStats(request: ProjectRequest): Promise<ProjectStats>;
  /**
   * What the attempts at a project's phases have used, by role and model, of the days on which they ended.
   * @throws BatonError `invalid_input` for more than 366 days.
   */
  usage(request: UsageRequest): Promise<UsagePage>;
  /**
   * What happened to a project's builds, day by day in UTC: those that started, completed, failed, were sent back, and
   * how long phases took. Days on which nothing happened are left out.
   * @throws BatonError `invalid_input` for more than 366 days.
   */
  projectHistory(request: ProjectHistoryRequest): Promise<readonly ProjectDay[]>;
  list(request: ListRequest): Promise<WorkflowPage>;
  /**
   * The audit trail from a number on, without gaps. Goes on until the workflow is complete, or, with
   * `follow: false`, until everything written so far has been delivered.
   *
   * @throws BatonError `data_loss` when an event is gone; `invalid_input` to read on after one that is not there.
   * @param onProgress hears what roles say of their work meanwhile, as far as it comes by this
   * process: hints between the events, not part of the trail.
   */
  watch(
    request: WatchRequest,
    signal?: AbortSignal,
    onProgress?: (progress: Progress) => void,
  ): AsyncIterable<WorkflowEvent>;
  describeDefinition(request: DefinitionRequest): DefinitionDescription;
  /** The definitions there are: by name in the order of code points, of one name the newest version first. */
  listDefinitions(): readonly DefinitionVersion[];
  /**
   * Moves workflows to `error` whose time is over and that no worker holds; returns how many. Called now and
   * then while workers wait for work here; see {@link startExpirySweep} for a process without any.
   * @throws BatonError `unavailable`; the first that went wrong, after all were tried.
   */
  expireOverdue(): Promise<number>;
}

/** Operations whose requests or answers name states, roles or outputs. */
interface Typed<T extends WorkflowTypes> {
  start(request: StartRequest): Promise<Of<T, StartReply>>;
  advance(request: AdvanceOf<T>): Promise<Of<T, AdvanceReply>>;
  status(request: WorkflowRequest): Promise<Of<T, WorkflowStatus>>;
  describeWorkflow(request: Of<T, DescribeWorkflowRequest>): Promise<Of<T, WorkflowDescription>>;
  requestRetry(request: Of<T, RequestRetryRequest>): Promise<Of<T, RequestRetryReply>>;
  rollback(request: Of<T, RollbackRequest>): Promise<Of<T, RollbackReply>>;
  cancel(request: CancelRequest): Promise<Of<T, CancelReply>>;
  planRollback(request: Of<T, PlanRollbackRequest>): Promise<Of<T, RollbackPlan>>;
  answerQuestion(request: AnswerQuestionRequest): Promise<Of<T, AnswerReply>>;
  decideApproval(request: Of<T, DecideApprovalRequest>): Promise<Of<T, ApprovalReply>>;
  projectStats(request: ProjectRequest): Promise<Of<T, ProjectStats>>;
  list(request: Of<T, ListRequest>): ReturnType<Orchestrator['list']>;
  listClaimable(request: Of<T, ListClaimableRequest>): Promise<readonly Of<T, AvailableWork>[]>;
  claim(request: Of<T, ClaimRequest>): ReturnType<Orchestrator['claim']>;
  ask(request: AskRequest): Promise<Of<T, AskReply>>;
  failAttempt(request: FailAttemptRequest): Promise<Of<T, FailAttemptReply>>;
}

/**
 * Operations with the states, roles and outputs of known definitions: a name that none of them has does not
 * compile, and a result is of the completed phase. A client has them as well.
 *
 * @typeParam T what is known, such as `BuildWorkflow`.
 * @typeParam O the operations, as they are without it.
 */
export type OperationsOf<
  T extends WorkflowTypes,
  O extends { [K in keyof Typed<T>]: unknown } = Orchestrator,
> = Omit<O, keyof Typed<T>> & Typed<T>;
