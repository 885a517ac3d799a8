import { BatonError } from '@baton/core';
import type { WatchWorkflowRequest, WatchWorkflowResponse } from '@baton/proto';
import { ProgressSchema, WorkflowEventSchema } from '@baton/proto';
import { type DescMessage, type MessageShape, toJson } from '@bufbuild/protobuf';
import type { Handlers } from '../handlers.ts';
import type { Log } from '../log.ts';
import type { CallContext } from '../service-handlers.ts';
import { type HttpRequest, type HttpResponse, toProblem } from './answer.ts';
import { write } from './write.ts';

export interface EventsOptions {
  readonly workflow: Handlers['workflow'];
  readonly log: Log;
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would buffer the stream.
  'x-accel-buffering': 'no',
};

/**
 * Answers with the audit trail as server-sent events. The id of each is its sequence, so that a
 * browser that was cut off goes on where it stopped. A reader that has seen the last event of a
 * complete workflow gets 204, which tells browsers to stop. A HEAD gets the same without a stream.
 */
export async function serveEvents(
  request: HttpRequest,
  response: HttpResponse,
  message: WatchWorkflowRequest,
  context: CallContext,
  options: EventsOptions,
): Promise<void> {
  const afterSequence = lastEventId(request) ?? message.afterSequence ?? 0;
  if (await isOver(message.workflowId, afterSequence, context, options)) {
    response.writeHead(204, { 'cache-control': 'no-store' });
    response.end();
    return;
  }
  // The reader may have left meanwhile.
  context.signal.throwIfAborted();
  response.writeHead(200, HEADERS);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  try {
    await write(response, ': connected\n\n', context.signal);
    const events = options.workflow.watchWorkflow({ ...message, afterSequence }, context);
    for await (const event of events) await write(response, frame(event), context.signal);
  } catch (reason) {
    const { code, retryable } = BatonError.from(reason);
    // A reader that is cut off for a while just reads on; what will not pass, it has to know.
    if (!retryable && code !== 'cancelled') {
      const { problem } = toProblem(reason, options.log);
      response.write(`event: problem\ndata: ${JSON.stringify(problem)}\n\n`);
    }
  } finally {
    response.end();
  }
}

async function isOver(
  workflowId: string,
  afterSequence: number,
  context: CallContext,
  { workflow }: EventsOptions,
): Promise<boolean> {
  const { status } = await workflow.getWorkflowStatus(
    { $typeName: 'baton.v1.GetWorkflowStatusRequest', workflowId },
    context,
  );
  return status?.completedAt !== undefined && afterSequence === status.sequence;
}

/**
 * Progress has an event name of its own, and no id: it is not what a reader goes on after. A heartbeat is a
 * comment.
 */
function frame({ event, progress }: WatchWorkflowResponse): string {
  if (event !== undefined) {
    return `id: ${event.sequence}\ndata: ${json(WorkflowEventSchema, event)}\n\n`;
  }
  if (progress !== undefined) {
    return `event: progress\ndata: ${json(ProgressSchema, progress)}\n\n`;
  }
  return ': heartbeat\n\n';
}

function json<D extends DescMessage>(schema: D, message: MessageShape<D>): string {
  return JSON.stringify(toJson(schema, message, { alwaysEmitImplicit: true }));
}

function lastEventId({ headers }: HttpRequest): number | undefined {
  const id = headers['last-event-id'];
  if (id === undefined || id === '') return undefined;
  const sequence = typeof id === 'string' && /^\d{1,10}$/.test(id) ? Number(id) : Number.NaN;
  if (sequence <= MAX_SEQUENCE) return sequence;
  const description = `expected a sequence number, 0 to ${MAX_SEQUENCE}, found '${id}'`;
  throw new BatonError('invalid_input', `Last-Event-ID: ${description}`, {
    violations: [{ field: 'Last-Event-ID', description }],
  });
}

/** Sequences fit in uint32. */
const MAX_SEQUENCE = 0xffff_ffff;
