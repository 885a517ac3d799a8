import { BatonError } from '@baton/core';
import { untilAborted } from '@baton/core/waits';
import type { DescMessage, DescService, Message } from '@bufbuild/protobuf';
import { EmptySchema } from '@bufbuild/protobuf/wkt';
import {
  Code,
  ConnectError,
  type ConnectRouter,
  type ContextValues,
  createContextKey,
  createContextValues,
  type HandlerContext,
  type ServiceImpl,
} from '@connectrpc/connect';
import type {
  UniversalHandler,
  UniversalServerRequest,
  UniversalServerResponse,
} from '@connectrpc/connect/protocol';
import { type Credentials, NO_CREDENTIALS } from '../access/credentials.ts';
import { toWireError } from '../errors.ts';
import { legalConnectTimeout, legalGrpcTimeout } from '../legal-timeout.ts';
import { HEARTBEAT_HEADER, heartbeatSeconds } from '../limits.ts';
import type { Connection } from '../load/connection.ts';
import type { Log } from '../log.ts';
import { Malformed } from '../messages/malformed.ts';
import { requestReader } from '../messages/request-reader.ts';
import type { OpenStreams } from '../open-streams.ts';
import { logOf, type RequestFacts } from '../request/request-facts.ts';
import { REQUEST_ID_HEADER } from '../request/request-id.ts';
import type { ServedMethod, ServedService } from '../services.ts';
import { type Entry, PREFIX, type ReadRpc, readRpc } from './read-rpc.ts';

/** What the caller shows of itself. */
export const CREDENTIALS = createContextKey<Credentials>(NO_CREDENTIALS);
/** The connection that a call came over. */
export const CONNECTION = createContextKey<Connection | undefined>(undefined);

export interface RpcOptions {
  readonly streams: OpenStreams;
  readonly log: Log;
  readonly heartbeatMs: number;
}

/** Baton's services for Connect, gRPC-Web and gRPC clients. */
export function connectRoutes(
  services: readonly ServedService[],
  options: RpcOptions,
): (router: ConnectRouter) => void {
  return (router) => {
    for (const { service, methods } of services) {
      const implementation = methods.map((served) => [
        served.method.localName,
        serve(served, options),
      ]);
      const ours = withoutRequests(service);
      router.service(ours, Object.fromEntries(implementation) as ServiceImpl<typeof ours>);
    }
  };
}

function serve(served: ServedMethod, { streams, log, heartbeatMs }: RpcOptions) {
  if (served.kind === 'unary') {
    return async (_empty: Message, context: HandlerContext) => {
      const { controller, unlink } = linked(context);
      try {
        const { signal } = controller;
        const connection = context.values.get(CONNECTION);
        const message = messageOf(context.values);
        // Connect leaves deadlines to the handler. What was begun goes on; its caller is not kept waiting.
        const credentials = context.values.get(CREDENTIALS);
        const call = { signal, connection, credentials, request: factsOf(context) };
        return await untilAborted(() => served.handle(message, call), signal);
      } catch (reason) {
        throw toConnectError(reason, logOf(factsOf(context), log));
      } finally {
        worked(context.values);
        unlink();
      }
    };
  }
  return async function* (_empty: Message, context: HandlerContext) {
    const { controller, unlink } = linked(context);
    const leave = served.isEndless ? streams.enter(controller) : undefined;
    if (served.isEndless) {
      context.responseHeader.set(HEARTBEAT_HEADER, heartbeatSeconds(heartbeatMs));
    }
    try {
      const message = messageOf(context.values);
      // A stream lives long, and of its request only a few ids are kept.
      worked(context.values);
      const credentials = context.values.get(CREDENTIALS);
      const { signal } = controller;
      yield* served.handle(message, { signal, credentials, request: factsOf(context) });
    } catch (reason) {
      throw toConnectError(reason, logOf(factsOf(context), log));
    } finally {
      leave?.();
      unlink();
    }
  };
}

/** What names a call: the HTTP server has seen to its id. */
function factsOf({ requestHeader }: HandlerContext): RequestFacts {
  return {
    id: String(requestHeader.get(REQUEST_ID_HEADER)),
    traceparent: requestHeader.get('traceparent') ?? undefined,
  };
}

/**
 * Aborts with the call, and says why in Baton's words. Connect aborts every call once it has been
 * answered, too: an unread error for each would cost as much as a small answer.
 */
function linked({ signal }: HandlerContext): { controller: AbortController; unlink: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(goneError(signal.reason));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return { controller, unlink: () => signal.removeEventListener('abort', abort) };
}

function goneError(reason: unknown): BatonError {
  return ConnectError.from(reason).code === Code.DeadlineExceeded
    ? new BatonError('deadline_exceeded', "the caller's deadline has passed")
    : new BatonError('cancelled', 'the caller has cancelled the call');
}

function toConnectError(reason: unknown, log: Log): ConnectError {
  const { code, message, details } = toWireError(reason, log);
  return new ConnectError(message, code, undefined, [...details]);
}

/**
 * Connect negotiates protocols, keeps deadlines and writes answers. What a request is, it doesn't decide:
 * its reading knows neither our limits nor our details, and has no place to put our own. So to Connect
 * every method takes an Empty, and what was read of the request comes beside it.
 */

const READ = createContextKey<Message | Malformed | undefined>(undefined);
const LEAVE = createContextKey<() => void>(() => {});

/** A service as Connect has it. */
function withoutRequests(service: DescService): DescService {
  const methods = service.methods.map((method) => ({ ...method, input: EmptySchema }));
  return { ...service, methods };
}

/** What was read for a call. @throws BatonError for a request that is no message. */
function messageOf(values: ContextValues): Message {
  const read = values.get(READ);
  if (read === undefined) throw new BatonError('internal', 'a call came without its request');
  if (read instanceof Malformed) throw read.error;
  return read;
}

/** To be called when the message of a call has been worked on. */
function worked(values: ContextValues): void {
  values.get(LEAVE)();
}

/**
 * The handler of a method of {@link withoutRequests}, behind the reader of the method's requests. It changes
 * the headers that a request comes with, which are the request's own: copies cost as much as its reading.
 */
export function readFirst(
  handler: UniversalHandler,
  input: DescMessage,
): (request: UniversalServerRequest, entry: Entry) => Promise<UniversalServerResponse> {
  const reader = requestReader(input);
  return async (request, entry) => {
    legalizeTimeout(request.header);
    const isAllowed = handler.allowedMethods.includes(request.method);
    const read = isAllowed ? await readRpc(input, reader, request, entry) : undefined;
    return handler(read === undefined ? request : handedOver(request, read));
  };
}

function handedOver(request: UniversalServerRequest, read: ReadRpc): UniversalServerRequest {
  const { encoding, isEnveloped, message, leave } = read;
  const { header } = request;
  for (const name of ['content-length', 'content-encoding', ...ENVELOPE_ENCODINGS]) {
    header.delete(name);
  }
  if (request.method === 'GET') header.set('content-type', `application/${encoding}`);
  const contextValues = (request.contextValues ?? createContextValues())
    .set(READ, message)
    .set(LEAVE, leave);
  const body = once(isEnveloped ? enveloped(EMPTY[encoding]) : EMPTY[encoding]);
  return { ...request, method: 'POST', body, contextValues };
}

/** Connect arms its timer before it does anything else. */
function legalizeTimeout(header: Headers): void {
  for (const [name, legal] of TIMEOUTS) {
    const value = header.get(name);
    if (value !== null) header.set(name, legal(value));
  }
}

const TIMEOUTS = [
  ['connect-timeout-ms', legalConnectTimeout],
  ['grpc-timeout', legalGrpcTimeout],
] as const;

const ENVELOPE_ENCODINGS = ['connect-content-encoding', 'grpc-encoding'];

/** The message Empty. */
const EMPTY = { proto: new Uint8Array(), json: new TextEncoder().encode('{}') } as const;

function enveloped(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PREFIX + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, PREFIX);
  return bytes;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
