import { z } from 'zod';
import { ARTIFACT_KINDS } from './artifact.ts';
import { isStorable, jsonObjectSchema, STORABLE } from './json.ts';
import { noteSchema } from './note.ts';
import { questionsSchema } from './outcome.ts';
import { contradictsItself, NO_MODELS, principalSchema } from './principal.ts';
import { givenBudgets, MAX_TIMEOUT_MS, usageSchema } from './usage.ts';
import type { Role, State } from './vocabulary.ts';

/** One schema per operation: embedded callers and servers are held to the same rules. */

const MAX_ID = 256;
const MAX_UINT32 = 0xffff_ffff;

/** What a caller gives, and what comes of it: keys that may be absent are optional. */
type Given<S extends z.ZodRawShape> = Members<{ [K in keyof S]: z.input<S[K]> }>;
type Checked<S extends z.ZodRawShape> = Members<{ [K in keyof S]: z.output<S[K]> }>;
type Members<T> = {
  readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: T[K];
};

/** A schema whose members keep their comments in what is published: zod's own types drop them. */
function request<S extends z.ZodRawShape>(shape: S) {
  const schema: unknown = z.strictObject(shape);
  return schema as z.ZodType<Checked<S>, Given<S>> & { readonly shape: S };
}

export const id = z.string().min(1).max(MAX_ID).refine(isStorable, STORABLE);
const text = z
  .string()
  .min(1)
  .max(64 * 1024)
  .refine(isStorable, STORABLE);
const longText = z
  .string()
  .max(1024 * 1024)
  .refine(isStorable, STORABLE);
export const uint32 = z.int().min(0).max(MAX_UINT32);
const pageSize = z.int().min(1).max(1000).default(100);
const pageToken = z.string().max(2048).optional();
const leaseMs = z
  .int({
    error: ({ input }) => (input === undefined ? 'expected a duration, found none' : undefined),
  })
  .min(1_000)
  .max(24 * 3_600_000);

export const timeoutMs = z.int().positive().max(MAX_TIMEOUT_MS);
const priority = z.int().min(-100).max(100);
export const maxRetries = z.int().min(0).max(1000);

/** Those of the `build` definition are what editors propose; any other is as good. */
const state: z.ZodType<State, State> = id;
const role: z.ZodType<Role, Role> = id;

const checkpoint = z.strictObject({ commit: id, digest: id });

const expectations = {
  /** Idempotency key: the same id and body get the same reply for the workflow's life. */
  requestId: id.optional(),
  /** Refuses the request on any other revision. */
  expectedRevision: uint32.optional(),
  /** The epoch in which the work began; refuses the request in any other. */
  expectedEpoch: uint32.optional(),
  /** Fencing token of the claim under which the work was done. */
  claimToken: id.optional(),
};

/** What an attempt tells of itself with its outcome. */
const attemptReport = {
  usage: usageSchema.optional(),
  /** For the audit trail. */
  notes: z.array(noteSchema).max(1000).readonly().default([]),
};

/** By what a worker takes an assignment. */
const claimTerms = {
  worker: id,
  /** The new claim's token; claiming twice with one token is one claim. Default: made up. */
  token: id.optional(),
  /** The roles that the worker can perform. */
  roles: z.array(role).min(1).max(100).readonly(),
  /** How long the claim lasts without a renewal. */
  leaseMs,
  /** Which models take part, or that none does. Default: nothing is declared. */
  principal: principalSchema
    .refine((principal) => !contradictsItself(principal), NO_MODELS)
    .default({ models: [], modelFamilies: [] }),
  /** What to set aside under the budgets, at most; 0 for none. Default: all that is left. */
  reserve: z
    .strictObject({
      tokens: z.int().nonnegative().optional(),
      cost: z.number().nonnegative().optional(),
    })
    .optional(),
};

const projectIds = z.array(id).min(1).max(1000).readonly();

const claimOffer = request({
  ...claimTerms,
  /** Only work of these projects. Default: of all. */
  projectIds: projectIds.optional(),
});
/** What a caller offers to go on with. */
export const claimOffers = z.array(claimOffer).max(100).readonly();

/** For a caller who goes on with what comes next. */
const taking = {
  /**
   * Takes what comes next in the same commit, by the first of these that has its role: accepts the
   * handoff and claims the phase behind it. The reply has it as `next`, unless it cannot be taken: it
   * waits for an approval, no offer has its role, duties are separated, a cap is used up.
   */
  takeNext: claimOffers.optional(),
};

export const startRequest = request({
  projectId: id,
  /** Unique within the project. */
  buildId: id,
  userId: id,
  requirements: jsonObjectSchema,
  metadata: jsonObjectSchema.optional(),
  /** Default: the orchestrator's first definition, newest version. */
  definition: z.strictObject({ name: id, version: uint32.min(1).optional() }).optional(),
  /** Milliseconds until the workflow times out, up to 366 days. Default: the orchestrator's. */
  timeoutMs: timeoutMs.optional(),
  /** Retry requests before the workflow goes to `error`. Default: the orchestrator's. */
  maxRetries: maxRetries.optional(),
  /**
   * Which of the project's workflows that wait for work goes first: the one with the highest, -100 to 100. Among
   * projects, each has its turn. Default 0.
   */
  priority: priority.optional(),
  /** Caps on what the workflow may use. Default: the orchestrator's. */
  budgets: givenBudgets.optional(),
  requestId: expectations.requestId,
  ...taking,
});

export const advanceRequest = request({
  workflowId: id,
  role,
  /** The state that the role has finished: the current one. */
  completedState: state,
  /** The output of a phase; a handoff state has none. */
  result: jsonObjectSchema.optional(),
  /** Needed where a state has several ways on; `error` gives up, with `result.reason` as the reason. */
  nextState: state.optional(),
  /** The workspace at this border. */
  checkpoint: checkpoint.optional(),
  ...taking,
  ...attemptReport,
  ...expectations,
});

export const requestRetryRequest = request({
  workflowId: id,
  /** What must be done differently: the feedback for the role that does it again. */
  reason: text,
  /** Raw material for it, such as the failing output. */
  details: longText.optional(),
  /** Role or person; default: the workflow's user. A role may only speak in a state it owns. */
  by: id.optional(),
  /** An earlier phase than the one the definition would choose. */
  targetState: state.optional(),
  checkpoint: checkpoint.optional(),
  /** Caps that replace those of the same name; people only. */
  budgets: givenBudgets.optional(),
  /** Milliseconds until the workflow times out, from now, in place of its own; people only. */
  timeoutMs: timeoutMs.optional(),
  ...taking,
  ...attemptReport,
  ...expectations,
});

export const rollbackRequest = request({
  workflowId: id,
  /** A phase on the way that led here. */
  targetState: state,
  reason: text,
  /** Role or person; default: the workflow's user. */
  by: id.optional(),
  /** The digest of the plan that was looked at; refuses the rollback when it would do anything else. */
  expectedPlan: id.optional(),
  ...expectations,
});

export const cancelRequest = request({
  workflowId: id,
  /** Why, for people who find it stopped. */
  reason: text,
  /** A person, not a role; default: the workflow's user. */
  by: id.optional(),
  requestId: expectations.requestId,
  expectedRevision: expectations.expectedRevision,
});

export const planRollbackRequest = request({
  workflowId: id,
  /** A phase on the way that led here. */
  targetState: state,
});

export const claimRequest = request({
  workflowId: id,
  ...claimTerms,
  expectedRevision: expectations.expectedRevision,
  expectedEpoch: expectations.expectedEpoch,
});

export const renewClaimRequest = request({ workflowId: id, token: id, leaseMs });

const heldClaim = z.strictObject({ workflowId: id, token: id });

export const renewClaimsRequest = request({
  /** Up to 1,000. */
  claims: z.array(heldClaim).max(1000).readonly(),
  leaseMs,
});

const workWanted = {
  /**
   * What the worker can perform, and by which terms; the first that has the role counts. With a `token`
   * it is for one claim, and ends with it.
   */
  offers: z.array(claimOffer).min(1).max(100).readonly(),
  /** Only this workflow. */
  workflowId: id.optional(),
};

export const pollWorkRequest = request({
  ...workWanted,
  /** Milliseconds to wait for it. Default: 20,000. */
  waitMs: z.int().min(0).max(60_000).default(20_000),
});

export const takeWorkRequest = request({
  ...workWanted,
  /** Claims that it may hold at once under this request. Default: 1. */
  capacity: z.int().min(1).max(1000).default(1),
  /** Claims that it has from an earlier request: they count, and it is told when they are withdrawn. */
  holding: z.array(heldClaim).max(1000).readonly().default([]),
});

export const failAttemptRequest = request({
  workflowId: id,
  claimToken: id,
  /**
   * Why, as a code and in words. `cancelled` gives the assignment back and is not counted; with
   * `gate_not_passed`, `invalid_input` and `limit_exceeded` the message is the feedback for the next attempt.
   */
  code: id,
  message: text,
  /** Whether another attempt can help; if not, the workflow goes to `error`. */
  retryable: z.boolean(),
  /** Wait before the next attempt. */
  retryAfterMs: z
    .int()
    .min(0)
    .max(24 * 3_600_000)
    .default(0),
  ...attemptReport,
  requestId: expectations.requestId,
});

export const askRequest = request({
  workflowId: id,
  claimToken: id,
  questions: questionsSchema,
  ...attemptReport,
  requestId: expectations.requestId,
});

export const reportProgressRequest = request({
  workflowId: id,
  claimToken: id,
  /** 1 to 100, at most 4,096 characters each. */
  messages: z
    .array(z.string().min(1).max(4096).refine(isStorable, STORABLE))
    .min(1)
    .max(100)
    .readonly(),
});

export const answerQuestionRequest = request({
  workflowId: id,
  /** As `status` shows it. */
  questionId: id,
  /** One of the question's choices, if it has any. */
  answer: text,
  by: id,
  requestId: expectations.requestId,
  expectedRevision: expectations.expectedRevision,
});

export const decideApprovalRequest = request({
  workflowId: id,
  approved: z.boolean(),
  by: id,
  /** Why; when refused, the feedback for the role that does it again. */
  reason: text.optional(),
  /** When refused: an earlier phase than the one the definition would choose. */
  targetState: state.optional(),
  /** Digest of the checkpoint that was looked at; refuses the decision on any other. */
  expectedCheckpoint: id.optional(),
  requestId: expectations.requestId,
  expectedRevision: expectations.expectedRevision,
});

export const workflowRequest = request({ workflowId: id });

export const describeWorkflowRequest = request({
  workflowId: id,
  /**
   * The output of this phase alone, and nothing of the request. Default: the requirements, the metadata and every
   * output, as far as they have room.
   */
  phase: state.optional(),
  /** Whether to leave out what outputs hold, and tell their phases alone. */
  withoutOutputs: z.boolean().default(false),
});

export const pageRequest = request({ workflowId: id, pageSize, pageToken });

export const projectRequest = request({ projectId: id });

export const listProjectsRequest = request({
  /** Only these projects. Default: all. */
  projectIds: projectIds.optional(),
  pageSize,
  pageToken,
});

const day = z.iso.date({ error: 'expected a day in UTC, such as 2026-01-31' });

export const usageRequest = request({
  projectId: id,
  /** The first day, in UTC, by when the attempts ended. */
  from: day,
  /** The day behind the last one; at most 366 days from the first. */
  to: day,
  /** Whether each day is a row of its own. Default: the days are added up. */
  byDay: z.boolean().default(false),
  pageSize,
  pageToken,
});

export const projectHistoryRequest = request({
  projectId: id,
  /** The first day, in UTC. */
  from: day,
  /** The day behind the last one; at most 366 days from the first. */
  to: day,
});

export const listRequest = request({
  projectId: id.optional(),
  /** Only these projects. Default: all. */
  projectIds: projectIds.optional(),
  state: state.optional(),
  /** The role that is to act. */
  role: role.optional(),
  /** What they wait for from a person. */
  awaiting: z.enum(['answers', 'approval']).optional(),
  /** A part of the build id or the user id, whatever its case. */
  search: id.optional(),
  /** The one that was started last comes first. Default: the one that was started first. */
  newestFirst: z.boolean().default(false),
  pageSize,
  pageToken,
});

export const listClaimableRequest = request({
  roles: z.array(role).min(1).max(100).readonly(),
  /** Only this workflow. */
  workflowId: id.optional(),
  /** Only of these projects. Default: of all. */
  projectIds: projectIds.optional(),
  limit: z.int().min(1).max(1000).default(100),
});

export const watchRequest = request({
  workflowId: id,
  /** The number of the last event already seen; 0 for all. */
  afterSequence: uint32.default(0),
  /** False: end when everything written so far has been delivered. */
  follow: z.boolean().default(true),
});

export const definitionRequest = request({
  /** Default: the orchestrator's first. */
  name: id.optional(),
  /** Default: the newest. */
  version: uint32.min(1).optional(),
});

export const listArtifactsRequest = request({
  workflowId: id,
  /** Only those made in this state. */
  state: state.optional(),
  /** Only those of this attempt. */
  attempt: uint32.min(1).optional(),
  kind: z.enum(ARTIFACT_KINDS).optional(),
  /** Only those with a higher number; 0 for all. */
  afterNumber: uint32.default(0),
  pageSize,
  pageToken,
});

export const artifactRequest = request({ workflowId: id, number: uint32.min(1) });

const byte = z.int().nonnegative();

export const readArtifactRequest = request({
  workflowId: id,
  number: uint32.min(1),
  /** The first byte. Default: 0. */
  from: byte.optional(),
  /** The byte after the last. Default, and beyond the end: the end. */
  to: byte.optional(),
});

/** What a request asks of its workflow, checked. */
export type Asked<S extends z.ZodType> = Readonly<Omit<z.output<S>, 'workflowId' | 'requestId'>>;

/** What a caller offers to perform, and by which terms. */
export type ClaimOffer = z.input<typeof claimOffer>;
export type CheckedOffer = z.output<typeof claimOffer>;

export type StartRequest = z.input<typeof startRequest>;
export type AdvanceRequest = z.input<typeof advanceRequest>;
export type RequestRetryRequest = z.input<typeof requestRetryRequest>;
export type PlanRollbackRequest = z.input<typeof planRollbackRequest>;
export type RollbackRequest = z.input<typeof rollbackRequest>;
export type CancelRequest = z.input<typeof cancelRequest>;
export type ClaimRequest = z.input<typeof claimRequest>;
export type RenewClaimRequest = z.input<typeof renewClaimRequest>;
export type RenewClaimsRequest = z.input<typeof renewClaimsRequest>;
export type PollWorkRequest = z.input<typeof pollWorkRequest>;
export type TakeWorkRequest = z.input<typeof takeWorkRequest>;
export type FailAttemptRequest = z.input<typeof failAttemptRequest>;
export type ReportProgressRequest = z.input<typeof reportProgressRequest>;
export type AskRequest = z.input<typeof askRequest>;
export type AnswerQuestionRequest = z.input<typeof answerQuestionRequest>;
export type DecideApprovalRequest = z.input<typeof decideApprovalRequest>;
export type WorkflowRequest = z.input<typeof workflowRequest>;
export type DescribeWorkflowRequest = z.input<typeof describeWorkflowRequest>;
export type PageRequest = z.input<typeof pageRequest>;
export type ProjectRequest = z.input<typeof projectRequest>;
export type ListProjectsRequest = z.input<typeof listProjectsRequest>;
export type UsageRequest = z.input<typeof usageRequest>;
export type ProjectHistoryRequest = z.input<typeof projectHistoryRequest>;
export type ListRequest = z.input<typeof listRequest>;
export type ListClaimableRequest = z.input<typeof listClaimableRequest>;
export type WatchRequest = z.input<typeof watchRequest>;
export type DefinitionRequest = z.input<typeof definitionRequest>;
export type ListArtifactsRequest = z.input<typeof listArtifactsRequest>;
export type ArtifactRequest = z.input<typeof artifactRequest>;
export type ReadArtifactRequest = z.input<typeof readArtifactRequest>;
