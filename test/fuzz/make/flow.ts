import { passingHandOverOutputs, passingOutputs } from '@baton/core/testing';
import { ArtifactService, AssignmentService, WorkflowService } from '@baton/proto';
import type { DescMethod, JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Random } from '../../chaos/random.ts';

/** A request, independent of the protocol. */
export interface Call {
  readonly method: DescMethod;
  readonly value: JsonObject;
}

/** Moves one workflow from start to `complete` by requests that the server should accept. */
export interface Flow {
  next(): Call;
  /** What was answered to a request about it. */
  observe(call: Call, reply: JsonObject): void;
  /** Something has happened, or may have, that it was not told of. */
  doubt(): void;
  /** How far it came; undefined while it goes on. */
  ending(): 'complete' | 'given up' | undefined;
}

const { method: workflow } = WorkflowService;
const { method: assignment } = AssignmentService;
const { method: artifact } = ArtifactService;

/** Of a workflow with more requests than that something has gone another way than planned. */
const MOST_STEPS = 120;
const APPROVER = 'grace';
const DEFINITIONS = { build: passingOutputs, 'build-and-hand-over': passingHandOverOutputs };

type Definition = keyof typeof DEFINITIONS;
type Phase = keyof typeof passingOutputs;

/** What the flow believes of its workflow. */
interface Belief {
  workflowId: string | undefined;
  state: string;
  role: string;
  revision: number;
  epoch: number;
  token: string | undefined;
  /** Whether there is a claim whose token is not known: its answer was lost. */
  isHeld: boolean;
  awaiting: string | undefined;
  openQuestions: readonly string[];
  /** Whether something may have happened that was not answered. */
  isStale: boolean;
}

/** @param name tells its workflow and its request ids from those of others. */
export function createFlow(random: Random, name: string): Flow {
  const definition: Definition = random.chance(0.7) ? 'build' : 'build-and-hand-over';
  const sendsBack = random.chance(0.4);
  let steps = 0;
  let readsLeft = random.between(0, 4);
  const now: Belief = {
    ...{ workflowId: undefined, state: '', role: '', revision: 0, epoch: 0, token: undefined },
    isHeld: false,
    ...{ awaiting: undefined, openQuestions: [], isStale: false },
  };

  const expectations = (): JsonObject => ({
    ...(random.chance(0.3) && { requestId: `${name}-${steps}` }),
    ...(random.chance(0.3) && { expectedRevision: now.revision }),
  });
  const withEpoch = (): JsonObject => (random.chance(0.3) ? { expectedEpoch: now.epoch } : {});
  const account = (): JsonObject => ({
    ...(random.chance(0.2) && { usage: { requests: '1', inputTokens: '100', outputTokens: '20' } }),
    ...(random.chance(0.1) && { notes: [{ code: 'claim_replaced', message: 'as it was run' }] }),
  });

  const start = (): Call => ({
    method: workflow.startWorkflow,
    value: {
      projectId: random.pick(['shop', 'cafe', name]),
      buildId: `${name}-${steps}`,
      userId: 'ada',
      requirements: { request: 'Build me a dark mode feature' },
      maxRetries: 1000,
      ...(random.chance(0.3) && { metadata: { ticket: 7, tags: ['a', null] } }),
      ...((definition !== 'build' || random.chance(0.3)) && { definition: { name: definition } }),
      ...(random.chance(0.2) && { timeout: '86400s' }),
      ...(random.chance(0.2) && {
        budgets: { tokens: '1000000', phases: { testing: { wall: '3600s' } } },
      }),
      ...(random.chance(0.5) && { requestId: `${name}-start-${steps}` }),
    },
  });

  const read = (workflowId: string): Call => {
    const lookups: readonly (() => Call)[] = [
      () => ({ method: workflow.getWorkflowStatus, value: { workflowId } }),
      () => ({
        method: workflow.getWorkflowHistory,
        value: { workflowId, ...(random.chance(0.7) && { pageSize: random.between(1, 5) }) },
      }),
      () => ({
        method: workflow.watchWorkflow,
        value: { workflowId, follow: random.chance(0.2), afterSequence: random.between(0, 3) },
      }),
      () => ({
        method: assignment.listClaimable,
        value: { workflowId, roles: [now.role === '' ? 'q_assistant' : now.role] },
      }),
      () => ({ method: workflow.getProjectStats, value: { projectId: 'shop' } }),
      () => ({
        method: workflow.listWorkflows,
        value: { projectId: name, pageSize: random.between(1, 20), state: 'testing' },
      }),
      () => ({ method: workflow.getDefinition, value: { name: definition } }),
      () => ({ method: artifact.listArtifacts, value: { workflowId, kind: 'output' } }),
      () => ({ method: artifact.getArtifact, value: { workflowId, number: 1 } }),
      () => ({
        method: artifact.readArtifact,
        value: { workflowId, number: 1, fromByte: String(random.between(0, 200_000)) },
      }),
    ];
    return random.pick(lookups)();
  };

  const retry = (workflowId: string): Call => ({
    method: workflow.requestRetry,
    value: {
      ...{ workflowId, reason: 'Not as it was asked for' },
      ...(now.state === 'error' && { budgets: { tokens: '1000000000', cost: 1e9 } }),
      ...expectations(),
      ...withEpoch(),
    },
  });
  const rollback = (workflowId: string): Call => ({
    method: workflow.rollbackWorkflow,
    value: { workflowId, targetState: 'discovery', reason: 'Once more', ...expectations() },
  });
  const cancel = (workflowId: string): Call => ({
    method: workflow.cancelWorkflow,
    value: { workflowId, reason: 'Not wanted any more', ...expectations() },
  });

  /** With a claim: what its holder may do. */
  const atWork = (workflowId: string, claimToken: string): Call => {
    const held = { workflowId, claimToken };
    const choice = random.next();
    if (choice < 0.1) return { method: assignment.renewClaim, value: { ...held, lease: '60s' } };
    if (choice < 0.2) {
      return { method: assignment.reportProgress, value: { ...held, messages: ['half of it'] } };
    }
    if (choice < 0.26) {
      const questions = [{ text: 'Which colour?', choices: ['black', 'grey'] }, { text: 'Why?' }];
      return { method: assignment.askQuestions, value: { ...held, questions, ...account() } };
    }
    if (choice < 0.3) {
      const failed = { code: 'cancelled', message: 'the worker stops', retryable: true };
      return { method: assignment.failAttempt, value: { ...held, ...failed, ...account() } };
    }
    const isBad = sendsBack && choice < 0.36;
    return {
      method: workflow.advanceWorkflow,
      value: {
        ...held,
        role: now.role,
        completedState: now.state,
        result: isBad ? {} : (DEFINITIONS[definition][now.state as Phase] as JsonObject),
        ...expectations(),
        ...withEpoch(),
        ...account(),
      },
    };
  };

  return {
    next() {
      steps += 1;
      const { workflowId, state, role, token, awaiting, openQuestions } = now;
      if (workflowId === undefined) return start();
      if (now.isStale) return { method: workflow.getWorkflowStatus, value: { workflowId } };
      if (state === 'complete') readsLeft -= 1;
      if (state === 'complete' || random.chance(0.15)) return read(workflowId);
      if (state === 'error') return random.pick([retry, rollback])(workflowId);
      const stops = [retry, rollback, cancel] as const;
      if (sendsBack && random.chance(0.03)) return random.pick(stops)(workflowId);
      if (awaiting === 'answers') {
        const questionId = openQuestions[0] ?? '';
        const answer = { questionId, answer: 'black', answeredBy: 'ada' };
        return {
          method: workflow.answerQuestion,
          value: { workflowId, ...answer, ...expectations() },
        };
      }
      if (awaiting === 'approval') {
        const approved = !sendsBack || random.chance(0.8);
        const decision = { approved, decidedBy: APPROVER, reason: 'Looked at it' };
        return {
          method: workflow.decideApproval,
          value: { workflowId, ...decision, ...expectations() },
        };
      }
      // People may interrupt the holder of a claim.
      if (now.isHeld) return random.pick(stops)(workflowId);
      if (state.startsWith('handoff_')) {
        const value = { workflowId, role, completedState: state, ...expectations() };
        return { method: workflow.advanceWorkflow, value };
      }
      if (token !== undefined) return atWork(workflowId, token);
      return {
        method: assignment.claimAssignment,
        value: {
          ...{ workflowId, worker: `worker of ${role}`, roles: [role], lease: '60s' },
          reserve: { tokens: '1000', cost: 1 },
          ...(random.chance(0.5) && { claimToken: `${name}-token-${steps}` }),
        },
      };
    },
    observe: (call, reply) => believe(now, call, reply),
    doubt() {
      now.isStale = now.workflowId !== undefined;
    },
    ending() {
      if (now.state === 'complete' && readsLeft < 0) return 'complete';
      return steps > MOST_STEPS ? 'given up' : undefined;
    },
  };
}

/** Only what JSON leaves out when it is empty is filled in. */
function believe(now: Belief, { method }: Call, reply: JsonObject): void {
  switch (method) {
    case workflow.getWorkflowStatus: {
      const status = objectIn(reply, 'status');
      moveTo(now, status);
      now.awaiting = textIn(objectIn(status, 'awaiting'), 'kind');
      now.openQuestions = listIn(status, 'questions')
        .map((one) => one as JsonObject)
        .filter((one) => one['answer'] === undefined)
        .map((one) => String(one['id']));
      if (status['claim'] === undefined) now.token = undefined;
      now.isHeld = status['claim'] !== undefined && now.token === undefined;
      now.isStale = false;
      return;
    }
    case assignment.claimAssignment: {
      now.token = textIn(reply, 'claimToken');
      // A claim is a change like others, but its answer does not say so.
      now.revision += 1;
      return;
    }
    case assignment.askQuestions: {
      moveTo(now, reply);
      now.token = undefined;
      now.awaiting = 'answers';
      now.openQuestions = listIn(reply, 'questionIds').map(String);
      return;
    }
    case workflow.answerQuestion: {
      moveTo(now, reply);
      now.openQuestions = listIn(reply, 'openQuestionIds').map(String);
      if (now.openQuestions.length === 0) now.awaiting = undefined;
      return;
    }
    case workflow.startWorkflow:
    case workflow.advanceWorkflow:
    case workflow.requestRetry:
    case workflow.rollbackWorkflow:
    case workflow.cancelWorkflow:
    case workflow.decideApproval:
    case assignment.failAttempt: {
      moveTo(now, reply);
      now.token = undefined;
      now.isHeld = false;
      now.awaiting = reply['awaitsApproval'] === true ? 'approval' : undefined;
      now.openQuestions = [];
      return;
    }
  }
}

function moveTo(now: Belief, reply: JsonObject): void {
  now.workflowId = textIn(reply, 'workflowId') ?? now.workflowId;
  now.state = textIn(reply, 'state') ?? now.state;
  now.role = textIn(reply, 'role') ?? '';
  now.revision = Number(reply['revision'] ?? now.revision);
  now.epoch = Number(reply['epoch'] ?? now.epoch);
}

const objectIn = (value: JsonObject, name: string): JsonObject => (value[name] ?? {}) as JsonObject;
const listIn = (value: JsonObject, name: string): readonly JsonValue[] =>
  (value[name] ?? []) as readonly JsonValue[];
const textIn = (value: JsonObject, name: string): string | undefined =>
  value[name] === undefined ? undefined : String(value[name]);
