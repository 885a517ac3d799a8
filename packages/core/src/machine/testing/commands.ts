import { buildDefinition } from '../../model/build/build-definition.ts';
import { handOverDefinition } from '../../model/build/hand-over-definition.ts';
import { ownersOf, type WorkflowDefinition } from '../../model/definition.ts';
import type { WorkflowEvent } from '../../model/trail.ts';
import { NO_USAGE, type Usage } from '../../model/usage.ts';
import type { WorkflowLimits, WorkflowSnapshot } from '../../model/workflow.ts';
import { passingHandOverOutputs, passingOutputs } from '../../testing/build-outputs.ts';
import type {
  AdvanceCommand,
  CancelCommand,
  ClaimCommand,
  Decision,
  FailAttemptCommand,
  RequestRetryCommand,
  RollbackCommand,
} from '../command.ts';
import { NO_REPORT } from '../settle.ts';
import { start } from '../start.ts';
import { transition } from '../transition.ts';

/** Commands with defaults, and what comes of them: the tests of the machine speak in these. */

export const build: WorkflowDefinition = buildDefinition();
export const handOver = handOverDefinition();
export const NOW = 1_000_000;

export const expectations = {
  now: NOW,
  expectedRevision: undefined,
  expectedEpoch: undefined,
  claimToken: undefined,
};

export function begin(
  definition: WorkflowDefinition = build,
  limits: Partial<WorkflowLimits> = {},
): WorkflowSnapshot {
  return start(definition, {
    id: 'wf_1',
    buildId: 'b',
    projectId: 'p',
    userId: 'ada',
    requirements: {},
    metadata: {},
    limits: { timeoutMs: 3_600_000, maxRetries: 3, maxAttempts: 5, budgets: undefined, ...limits },
    priority: 0,
    rules: undefined,
    rulesInWords: {},
    now: NOW,
  }).change.snapshot;
}

export function advance(
  snapshot: WorkflowSnapshot,
  patch: Partial<AdvanceCommand> = {},
  definition = build,
) {
  const phase = snapshot.state as keyof typeof passingOutputs;
  const outputs = definition.name === handOver.name ? passingHandOverOutputs : passingOutputs;
  return transition<'advance'>(definition, snapshot, {
    kind: 'advance',
    ...expectations,
    ...NO_REPORT,
    role: ownersOf(definition, snapshot.state).at(-1) ?? 'q_assistant',
    completedState: snapshot.state,
    result: outputs[phase],
    nextState: undefined,
    checkpoint: undefined,
    ...patch,
  });
}

export function retry(
  snapshot: WorkflowSnapshot,
  patch: Partial<RequestRetryCommand> = {},
  definition = build,
) {
  return transition<'request_retry'>(definition, snapshot, {
    kind: 'request_retry',
    ...expectations,
    ...NO_REPORT,
    by: 'ada',
    reason: 'again',
    details: undefined,
    targetState: undefined,
    checkpoint: undefined,
    budgets: undefined,
    timeoutMs: undefined,
    ...patch,
  });
}

export function rollBack(
  snapshot: WorkflowSnapshot,
  targetState: string,
  patch: Partial<RollbackCommand> = {},
  definition = build,
) {
  return transition<'rollback'>(definition, snapshot, {
    kind: 'rollback',
    ...expectations,
    by: 'ada',
    reason: 'back',
    targetState,
    ...patch,
  });
}

export function cancel(
  snapshot: WorkflowSnapshot,
  patch: Partial<CancelCommand> = {},
  definition = build,
) {
  return transition<'cancel'>(definition, snapshot, {
    kind: 'cancel',
    now: NOW,
    expectedRevision: undefined,
    by: 'ada',
    reason: 'not wanted',
    ...patch,
  });
}

export function claim(
  snapshot: WorkflowSnapshot,
  patch: Partial<ClaimCommand> = {},
  definition = build,
) {
  return transition<'claim'>(definition, snapshot, {
    kind: 'claim',
    now: NOW,
    expectedRevision: undefined,
    expectedEpoch: undefined,
    worker: 'w1',
    roles: Object.keys(definition.roles),
    token: 't1',
    leaseMs: 1000,
    principal: { models: [], modelFamilies: [] },
    reserve: undefined,
    ...patch,
  });
}

export function fail(snapshot: WorkflowSnapshot, patch: Partial<FailAttemptCommand> = {}) {
  return transition<'fail_attempt'>(build, snapshot, {
    kind: 'fail_attempt',
    ...expectations,
    ...NO_REPORT,
    claimToken: snapshot.claim?.token ?? 't1',
    code: 'unavailable',
    message: 'm',
    retryable: true,
    retryAt: NOW,
    ...patch,
  });
}

export function usageOf(tokens: number, cost = 0): Usage {
  return { ...NO_USAGE, requests: 1, inputTokens: tokens - 1, outputTokens: 1, cost };
}

export function changeOf(decision: Decision) {
  if (decision.kind === 'accepted' || decision.kind === 'diverted') return decision.change;
  throw decision.kind === 'rejected' ? decision.error : new Error(`found ${decision.kind}`);
}

export function after(decision: Decision): WorkflowSnapshot {
  return changeOf(decision).snapshot;
}

export function errorOf(decision: Decision) {
  if (decision.kind === 'rejected' || decision.kind === 'diverted') return decision.error;
  throw new Error(`expected a refusal, found ${decision.kind}`);
}

/** A workflow that has come to `state` on the straight way. */
export function at(
  state: string,
  limits: Partial<WorkflowLimits> = {},
  definition = build,
): WorkflowSnapshot {
  let snapshot = begin(definition, limits);
  while (snapshot.state !== state && snapshot.state !== 'complete') {
    snapshot = after(advance(snapshot, {}, definition));
  }
  if (state !== 'error') return snapshot;
  const last = at('deployment', limits, definition);
  return after(advance(last, { nextState: 'error' }, definition));
}

/** The moves that events tell of, in order. */
export function moves(events: readonly WorkflowEvent[]): string[] {
  return events
    .filter(({ data }) => data['from'] !== undefined)
    .map(({ data }) => `${data['from']} → ${data['to']}`);
}
