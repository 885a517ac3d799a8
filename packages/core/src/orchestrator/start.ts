import { refuseUnknownPhases } from '../machine/guards.ts';
import { start as startWorkflow } from '../machine/start.ts';
import type { Taken } from '../machine/take-next.ts';
import { BatonError } from '../model/errors.ts';
import { refuseTotal } from '../model/payload-size.ts';
import type { StartReply } from '../model/replies.ts';
import { type StartRequest, startRequest } from '../model/requests.ts';
import type { StoredReply } from '../ports/workflow-store.ts';
import type { OrchestratorContext } from './context.ts';
import { settlePermits, toCommit } from './mutate.ts';
import { rulesInWords, rulesOf } from './rules.ts';
import { replayed, requestDigest, toStoredReply } from './stored-reply.ts';
import { takerOf, withNext } from './take-next.ts';
import { traced } from './traced.ts';
import { validate } from './validate.ts';

export async function start(
  context: OrchestratorContext,
  request: StartRequest,
): Promise<StartReply> {
  const { requestId, ...body } = validate(startRequest, request, 'the start request');
  const { options, store } = context;
  const { projectId, buildId, userId, requirements, metadata = {} } = body;
  const definition = context.definitions.find(body.definition?.name, body.definition?.version);
  const unknown = refuseUnknownPhases(definition, body.budgets ?? {});
  if (unknown !== undefined) throw unknown;
  const digest = requestDigest('start', body);
  const tooLarge = refuseTotal([requirements, metadata]);
  if (tooLarge !== undefined) {
    // It may have begun before there was this limit: then it is told so once more.
    const before = await repliedBefore(context, projectId, requestId);
    if (before !== undefined) return withNext(context, replayed(before, digest));
    throw tooLarge;
  }
  const started = startWorkflow(definition, {
    id: options.ids.workflowId(projectId, requestId),
    buildId,
    projectId,
    userId,
    requirements,
    metadata,
    limits: {
      timeoutMs: body.timeoutMs ?? options.timeoutMs,
      maxRetries: body.maxRetries ?? options.maxRetries,
      maxAttempts: options.maxAttempts,
      budgets: body.budgets ?? options.budgets,
    },
    priority: body.priority ?? 0,
    rules: rulesOf(definition),
    rulesInWords: rulesInWords(definition),
    traceparent: options.telemetry?.active(),
    now: options.clock.now(),
  });
  const taking = takerOf(context, body.takeNext)(definition, started);
  const { change, reply } = context.concurrency.isLimited
    ? await context.concurrency.admit(undefined, started, taking)
    : taking;
  const stored = toStoredReply(requestId, digest, reply);
  const commit = toCommit(undefined, change, stored);
  const { snapshot, events } = commit;
  const attributes = { 'baton.workflow.id': snapshot.id, 'baton.revision': snapshot.revision };
  const create = () => store.create(commit);
  const result = await traced(options.telemetry, 'commit', () => ({ attributes }), create);
  if (result.kind === 'created') {
    context.cache.put(snapshot);
    context.notifier.committed(snapshot, events, undefined);
    return withNext(context, reply);
  }
  settlePermits(context, [snapshot.claim], result.snapshot.claim);
  if (result.snapshot.id === snapshot.id && result.reply !== undefined) {
    return withNext(context, replayed<Taken<StartReply>>(result.reply, digest));
  }
  throw new BatonError(
    'already_exists',
    `build '${buildId}' of project '${projectId}' is workflow ${result.snapshot.id} already`,
    { metadata: { workflowId: result.snapshot.id } },
  );
}

/** What an earlier request under this id was answered. */
async function repliedBefore(
  { options, store }: OrchestratorContext,
  projectId: string,
  requestId: string | undefined,
): Promise<StoredReply | undefined> {
  if (requestId === undefined) return undefined;
  const loaded = await store.load(options.ids.workflowId(projectId, requestId), requestId);
  return loaded?.reply;
}
