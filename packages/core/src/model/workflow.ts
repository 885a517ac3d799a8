import { z } from 'zod';
import { questionSchema } from './outcome.ts';
import { type Principal, performerSchema } from './principal.ts';
import {
  count,
  definitionName,
  id,
  json,
  name,
  record,
  recordByName,
  text,
  texts,
  time,
} from './record-shape.ts';
import { type Allowance, budgetsSchema, phaseUsageSchema } from './usage.ts';
import type { State } from './vocabulary.ts';

/*
 * What is stored of a workflow, declared once: from these schemas derive the types, the keys that a record
 * of an older version lacks (`stored-snapshot.ts`) and what a workflow file may say (`portable`).
 */

const state = name as z.ZodType<State>;
const allowance = z.custom<Allowance>();
/** By phase, who has worked under a claim on what is in the workspace. */
const performers = recordByName(z.array(performerSchema).readonly(), name);

/** A recorded state of the workspace. */
const checkpoint = record({
  /** Git commit that holds the tree. */
  commit: text,
  /** Digest of the whole tree; equal digests mean equal files. */
  digest: text,
});
export type Checkpoint = z.infer<typeof checkpoint>;

/** The exclusive, time-limited right to perform the current assignment. */
const claim = record({
  worker: text,
  /** Fencing token: only its holder may report the outcome. */
  token: text,
  claimedAt: time,
  expiresAt: time,
  principal: z.custom<Principal>(),
  /** What was set aside for this attempt under the budgets; absent where nothing is capped. */
  reserved: allowance.optional(),
  /** When the time cap of the phase ends the attempt; absent without one. */
  endsAt: time.optional(),
  /** What it has of the limits on how much is performed at once; absent where it is under none. */
  permits: z
    .array(record({ name: text, max: count }))
    .readonly()
    .optional(),
});
export type Claim = z.infer<typeof claim>;

/** An attempt whose claim ran out or was withdrawn: it may still say what it has used. */
const lostAttempt = record({
  token: text,
  worker: text,
  phase: name,
  attempt: count,
  /** What was set aside for it, and counts as used until it says what it has used. */
  reserved: allowance.optional(),
  /** Under which role and model its usage is counted; absent: it was lost before that was recorded. */
  role: text.optional(),
  model: text.optional(),
});
export type LostAttempt = z.infer<typeof lostAttempt>;

/** Why a workflow waits for a person. Its time limit stands still meanwhile. */
const awaiting = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answers'), since: time }),
  z.object({
    kind: z.literal('approval'),
    since: time,
    /** The transition that needs the approval leads from the current state to this one. */
    to: state,
    /** The role that has finished the state. */
    role: name,
    /** Who may decide; empty: any principal that is not a role. */
    approvers: texts,
  }),
]);
export type Awaiting = Readonly<z.infer<typeof awaiting>>;

/** A phase on the way that the workflow has taken to where it stands. */
const phaseEntry = record({
  phase: name,
  enteredAt: time,
  /** The workspace at entry; absent before the first checkpoint was made. */
  checkpoint: checkpoint.optional(),
  /** Whose work is in that workspace; absent: it was entered before this was recorded. */
  performers: performers.optional(),
});
export type PhaseEntry = z.infer<typeof phaseEntry>;

/** Why work came back, for the role that has to do it again. */
const feedback = record({
  reason: text,
  /** Raw material such as the failing output; may differ between equal runs. */
  details: text.optional(),
  fromState: state,
  fromRole: text,
  at: time,
});
export type Feedback = z.infer<typeof feedback>;

/** Why a workflow waits in `error`. */
const failure = record({
  /** The state in which it failed. */
  state,
  /** The phase that a retry goes back to. */
  phase: state,
  /** `cancelled` where a person has stopped it, else what went wrong. */
  code: text,
  message: text,
  /** Raw material such as the failing output; a retry hands it on. */
  details: text.optional(),
  at: time,
  /** Who has cancelled it; absent where it failed. */
  by: text.optional(),
});
export type Failure = z.infer<typeof failure>;

/** Limits that a workflow keeps from its start. */
const limits = record({
  /** Milliseconds from start, retry out of `error` or rollback until the workflow times out. */
  timeoutMs: count,
  /** Retry requests before the workflow goes to `error`. */
  maxRetries: count,
  /** Times that one assignment may be claimed before the workflow goes to `error`. */
  maxAttempts: count,
  /** Caps on what may be used; absent: none. */
  budgets: budgetsSchema.optional(),
});
export type WorkflowLimits = z.infer<typeof limits>;

/** Digests of what a workflow runs by, by part of its definition. */
const rules = record({
  states: text,
  gates: text,
  outputs: text,
  approvals: text,
  separations: text,
});
export type RuleDigests = z.infer<typeof rules>;

/**
 * A workflow as of one revision. Immutable. Times are milliseconds since the Unix epoch. Every key is
 * always there, so that all snapshots have one hidden class.
 */
export const workflowSchema = record({
  id,
  buildId: id,
  projectId: id,
  userId: id,
  definition: record({ name: definitionName, version: count }),
  /** The rules that it was changed by last; absent: it was begun before they were recorded. */
  rules: rules.optional(),
  state: name,
  /** The role that is to act (in a handoff state, the taker); absent in `error` and final states. */
  role: name.optional(),
  /** From 1; every commit adds 1. */
  revision: count.min(1),
  /**
   * Names the commit that made this revision, as no other is named: a store that forgot its last
   * commits may get the same revision twice. Absent: it was made before this was recorded.
   */
  commitId: text.optional(),
  /** From 1; every retry and rollback adds 1. */
  epoch: count.min(1),
  /** The number of the newest event. */
  sequence: count,
  /** Handoffs written so far. */
  handoffs: count,
  /** Retry requests counted against the budget. */
  retries: count,
  /** Claims of the current assignment so far. */
  attempt: count,
  /** The current assignment may not be claimed before this time. */
  notBefore: time,
  /** Which of its project's workflows goes first: the one with the highest. Absent: 0. */
  priority: z.int().optional(),
  requirements: json,
  metadata: json,
  limits,
  /** The phases on the way to here, oldest first; the last is the current or the failed one. */
  path: z.array(phaseEntry).min(1).readonly(),
  /** Accepted outputs of the phases on the path. */
  outputs: recordByName(json, name),
  /** The workspace as the current assignment finds it. */
  checkpoint: checkpoint.optional(),
  feedback: feedback.optional(),
  failure: failure.optional(),
  /** Asked on the way here; those without an answer are open. */
  questions: z.array(questionSchema).readonly(),
  /** Questions asked ever, those that were withdrawn included. */
  questionsAsked: count,
  awaiting: awaiting.optional(),
  /** What each phase has used so far, over all attempts, withdrawn ones included. */
  usage: recordByName(phaseUsageSchema, name),
  performers,
  claim: claim.optional(),
  /** The newest last, a few at most; absent where no report is owed. */
  lostAttempts: z.array(lostAttempt).readonly().optional(),
  /** The end of the chain of its events; absent: they were written before there was one. */
  chain: record({ sequence: count, digest: text }).optional(),
  createdAt: time,
  updatedAt: time,
  /** When the current state was entered. */
  enteredAt: time,
  /** When the workflow times out. */
  deadline: time,
  completedAt: time.optional(),
  /** The span that began it, as W3C Trace Context tells it; absent where nothing is traced. */
  traceparent: text.optional(),
  /**
   * What a store that seals its records adds to find out strangers' writes; it takes it off again when
   * it reads. Absent everywhere else: no other code looks at it.
   */
  seal: text.optional(),
});
export type WorkflowSnapshot = z.infer<typeof workflowSchema>;
