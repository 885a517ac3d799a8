import type { Telemetry } from '../ports/telemetry.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';
import { placeIn, traced } from './traced.ts';

/*
 * What an orchestrator tells of its work. The trace of a build begins with its start, whose `traceparent` is kept with
 * the workflow: whatever any process does for the build later is a part of that trace.
 */

type Operation<Request, More extends readonly unknown[], Reply> = (
  context: OrchestratorContext,
  request: Request,
  ...more: More
) => Promise<Reply>;

/** The operation in a span of the trace of its workflow. */
export function inTrace<Request, More extends readonly unknown[], Reply>(
  name: string,
  operation: Operation<Request, More, Reply>,
): Operation<Request, More, Reply> {
  return (context, request, ...more) => {
    const { telemetry } = context.options;
    // Not an async function: without telemetry it has to cost nothing.
    if (telemetry === undefined) return operation(context, request, ...more);
    return inSpan(context, telemetry, name, request, () => operation(context, request, ...more));
  };
}

async function inSpan<Reply>(
  context: OrchestratorContext,
  telemetry: Telemetry,
  name: string,
  request: unknown,
  work: () => Promise<Reply>,
): Promise<Reply> {
  const workflowId = workflowIdIn(request);
  const kept = workflowId === undefined ? undefined : await traceparentOf(context, workflowId);
  const attributes = { 'baton.workflow.id': workflowId };
  return traced(telemetry, name, () => ({ ...placeIn(telemetry, kept), attributes }), work);
}

function workflowIdIn(request: unknown): string | undefined {
  const { workflowId } = request as { readonly workflowId?: unknown };
  return typeof workflowId === 'string' ? workflowId : undefined;
}

/** A workflow that cannot be read is the operation's to refuse. */
async function traceparentOf(
  context: OrchestratorContext,
  workflowId: string,
): Promise<string | undefined> {
  const cached = context.cache.get(workflowId);
  if (cached !== undefined) return cached.traceparent;
  const loaded = await load(context, workflowId).catch(() => undefined);
  return loaded?.snapshot.traceparent;
}
