import * as wire from '@baton/proto';
import {
  create,
  type DescMessage,
  fromBinary,
  type Message,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as core from '../../core/src/model/requests.ts';
import type { Mapping } from './mapping.ts';
import * as operations from './operations.ts';
import { type MessagePlan, planOf } from './plan.ts';
import { anyMessage } from './testing/any-message.ts';
import * as views from './testing/views.ts';

type AnyMapping = Mapping<never, never>;

/** Each request's schema in core, its message and its mapping. */
const REQUESTS: readonly [string, object, DescMessage, object][] = [
  ['start', core.startRequest, wire.StartWorkflowRequestSchema, operations.start],
  ['advance', core.advanceRequest, wire.AdvanceWorkflowRequestSchema, operations.advance],
  [
    'request retry',
    core.requestRetryRequest,
    wire.RequestRetryRequestSchema,
    operations.requestRetry,
  ],
  ['rollback', core.rollbackRequest, wire.RollbackWorkflowRequestSchema, operations.rollback],
  ['plan', core.planRollbackRequest, wire.PlanRollbackRequestSchema, operations.planRollback],
  [
    'answer',
    core.answerQuestionRequest,
    wire.AnswerQuestionRequestSchema,
    operations.answerQuestion,
  ],
  [
    'decide',
    core.decideApprovalRequest,
    wire.DecideApprovalRequestSchema,
    operations.decideApproval,
  ],
  ['status', core.workflowRequest, wire.GetWorkflowStatusRequestSchema, operations.status],
  [
    'workflow',
    core.describeWorkflowRequest,
    wire.GetWorkflowRequestSchema,
    operations.describeWorkflow,
  ],
  ['history', core.pageRequest, wire.GetWorkflowHistoryRequestSchema, operations.history],
  ['list', core.listRequest, wire.ListWorkflowsRequestSchema, operations.list],
  ['projects', core.listProjectsRequest, wire.ListProjectsRequestSchema, operations.listProjects],
  ['stats', core.projectRequest, wire.GetProjectStatsRequestSchema, operations.projectStats],
  ['usage', core.usageRequest, wire.GetUsageRequestSchema, operations.usage],
  [
    'project history',
    core.projectHistoryRequest,
    wire.GetProjectHistoryRequestSchema,
    operations.projectHistory,
  ],
  ['watch', core.watchRequest, wire.WatchWorkflowRequestSchema, operations.watch],
  [
    'definition',
    core.definitionRequest,
    wire.GetDefinitionRequestSchema,
    operations.describeDefinition,
  ],
  [
    'claimable',
    core.listClaimableRequest,
    wire.ListClaimableRequestSchema,
    operations.listClaimable,
  ],
  ['claim', core.claimRequest, wire.ClaimAssignmentRequestSchema, operations.claim],
  ['renew', core.renewClaimRequest, wire.RenewClaimRequestSchema, operations.renewClaim],
  ['fail', core.failAttemptRequest, wire.FailAttemptRequestSchema, operations.failAttempt],
  ['ask', core.askRequest, wire.AskQuestionsRequestSchema, operations.ask],
  [
    'progress',
    core.reportProgressRequest,
    wire.ReportProgressRequestSchema,
    operations.reportProgress,
  ],
  [
    'artifacts',
    core.listArtifactsRequest,
    wire.ListArtifactsRequestSchema,
    operations.listArtifacts,
  ],
  ['artifact', core.artifactRequest, wire.GetArtifactRequestSchema, operations.getArtifact],
  ['read', core.readArtifactRequest, wire.ReadArtifactRequestSchema, operations.readArtifact],
];

describe.each(REQUESTS)('the request: %s', (_, schema, message, operation) => {
  const { request } = operation as { request: AnyMapping };

  it('has the same members in core and on the wire', () => {
    expect(membersOfPlan(planOf(message))).toEqual(membersOfSchema(schema));
  });

  it('comes back from any message as the same message, checked or not', () => {
    fc.assert(
      fc.property(anyMessage(message), (found) => {
        const object = request.decode(found as never);
        const known = withoutLost(toJson(message, found));
        expect(toJson(message, sent(message, request.encode(object)))).toEqual(known);
        expect(toJson(message, sent(message, request.encodeChecked(object)))).toEqual(known);
      }),
    );
  });
});

describe('what is answered', () => {
  it.each(views.ANSWERS)('%s arrives as it was sent', (_, message, mapping, answer) => {
    const { encode, decode } = mapping as unknown as Mapping<object, Message>;
    expect(decode(sent(message, encode(answer as object)))).toEqual(answer);
  });
});

it('a claim without an assignment is refused as the fault of the server that it is', () => {
  const half = create(wire.ClaimAssignmentResponseSchema, { claimToken: 't', claim: {} });
  expect(() => operations.claim.reply.decode(half)).toThrow('left out a part of its answer');
});

describe('a request that the wire cannot carry is refused, with its member', () => {
  const { request } = operations.advance;
  const fine = { workflowId: 'wf_1', role: 'q_assistant', completedState: 'discovery' };
  it.each<[string, object, string]>([
    ['no object', [] as object, 'expected an object, found an array'],
    ['a member that is none', { ...fine, rloe: 1 }, 'rloe: there is no such member'],
    ['a text that is none', { ...fine, role: 1 }, 'role: expected text, found number'],
    ['half a character', { ...fine, role: '\ud800' }, 'role: text must not contain lone'],
    ['a fraction', { ...fine, expectedEpoch: 0.5 }, 'expectedEpoch: expected a whole number'],
    ['a count past 2^32', { ...fine, expectedEpoch: 2 ** 32 }, 'expectedEpoch: expected a whole'],
    ['a list that is none', { ...fine, notes: {} }, 'notes: expected an array, found Object'],
    [
      'a count that is left out',
      { ...fine, usage: { cost: 1 } },
      'usage.requests: expected a whole number, 0 to 9007199254740991, found undefined',
    ],
    ['an item', { ...fine, notes: [{ code: 'a', message: 1 }] }, 'notes.0.message: expected text'],
    [
      'a payload',
      { ...fine, result: { a: [new Date()] } },
      'result.a.0: expected JSON, found Date',
    ],
  ])('%s', (_, object, message) => {
    expect(() => request.encodeChecked(object as never)).toThrow(message);
  });

  const begin = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
  it.each<[string, object, string]>([
    ['a duration', { timeoutMs: Number.NaN }, 'timeoutMs: expected whole milliseconds, found NaN'],
    ['a duration in a text', { timeoutMs: '5' }, 'timeoutMs: expected whole milliseconds, found 5'],
    ['a map', { budgets: { phases: [] } }, 'budgets.phases: expected an object, found an array'],
    [
      'in a map',
      { budgets: { phases: { a: { wallMs: 0.5 } } } },
      'budgets.phases.a.wallMs: expected',
    ],
    ['a large count', { budgets: { tokens: 2 ** 53 } }, 'budgets.tokens: expected a whole number'],
    [
      'a number',
      { budgets: { cost: Number.POSITIVE_INFINITY } },
      'budgets.cost: expected a finite',
    ],
  ])('%s', (_, more, message) => {
    const object = { ...begin, ...more } as never;
    expect(() => operations.start.request.encodeChecked(object)).toThrow(message);
  });
});

it('a decision that is left out is refused: on the wire it would be a no', () => {
  const failed = { workflowId: 'wf_1', claimToken: 't', code: 'c', message: 'm' } as never;
  expect(() => operations.failAttempt.request.encodeChecked(failed)).toThrow(
    'retryable: expected true or false, found undefined',
  );
});

it('a duration that is no whole number of milliseconds is refused, with its path', () => {
  const wall = { $typeName: 'google.protobuf.Duration', seconds: 1n, nanos: 1 };
  const message = { budgets: { phases: { planning: { wall } } } } as never;
  expect(() => operations.start.request.decode(message)).toThrow(
    'budgets.phases.planning.wallMs: expected whole milliseconds, found 1 nanoseconds',
  );
});

it.each([
  [1n, 2_000_000_000],
  [2n, -500_000_000],
  [-2n, 500_000_000],
])('a duration of %s s and %s ns is none', (seconds, nanos) => {
  const message = { timeout: { $typeName: 'google.protobuf.Duration', seconds, nanos } } as never;
  expect(() => operations.start.request.decode(message)).toThrow(
    `timeoutMs: expected a duration, found ${seconds} s and ${nanos} nanoseconds`,
  );
});

it('times that JSON does not have are the last that it has', () => {
  const message = operations.claim.reply.encode({
    claim: { expiresAt: 9e15 },
    assignment: { deadline: 9e15 },
  } as never) as unknown as { readonly claim: { readonly expiresAt: unknown } };
  expect(message.claim.expiresAt).toMatchObject({ seconds: 253_402_300_799n });
});

/** As it arrives on the other side. */
function sent(schema: DescMessage, message: Message): Message {
  return fromBinary(schema, toBinary(schema, message));
}

/** What core does not have: the wish for progress, and the empty token of a last page. */
function withoutLost(json: unknown): unknown {
  const { includeProgress, pageToken, ...rest } = json as Record<string, unknown>;
  return pageToken === '' || pageToken === undefined ? rest : { ...rest, pageToken };
}

type Members = { readonly [name: string]: Members | null };

/** Down to where names are the caller's own. */
function membersOfPlan({ fields }: MessagePlan): Members {
  const members = fields.map(({ core: name, kind, many }) => [
    name,
    typeof kind === 'string' || many === 'map' ? null : membersOfPlan(kind),
  ]);
  return Object.fromEntries(members);
}

function membersOfSchema(schema: object): Members | null {
  const { innerType, element, shape } = (schema as { readonly def: Definition }).def;
  const inner = innerType ?? element;
  if (inner !== undefined) return membersOfSchema(inner);
  if (shape === undefined) return null;
  const members = Object.entries(shape).map(([name, one]) => [name, membersOfSchema(one)]);
  return Object.fromEntries(members);
}

/** As far as zod's definitions tell what is inside. */
interface Definition {
  readonly innerType?: object;
  readonly element?: object;
  readonly shape?: Readonly<Record<string, object>>;
}
