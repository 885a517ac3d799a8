import { BatonError } from '@baton/core';
import { StatusSchema } from '@baton/proto';
import { type Message, toBinary } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import {
  type handleUnaryCall,
  Metadata,
  type ServerErrorResponse,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import type { Admit } from '../access/guard.ts';
import { toWireError } from '../errors.ts';
import type { Connection } from '../load/connection.ts';
import type { Log } from '../log.ts';
import { Malformed } from '../messages/malformed.ts';
import { logOf, type RequestFacts } from '../request/request-facts.ts';
import { REQUEST_ID_HEADER } from '../request/request-id.ts';
import type { CallContext } from '../service-handlers.ts';
import type { UnaryHandler } from '../services.ts';
import type { Unread } from './codec.ts';
import { credentialsOf } from './credentials.ts';

type Call = ServerUnaryCall<Unread, Message>;

/** The connection of what grpc-js calls a peer: its address and port. */
export type ConnectionOf = (peer: string) => Connection | undefined;

export interface UnaryOptions {
  readonly admit: Admit;
  readonly log: Log;
  readonly connectionOf: ConnectionOf;
}

/** Serves one unary method. grpc-js itself answers callers whose deadline has passed. */
export function serveUnary(
  handle: UnaryHandler,
  { admit, log, connectionOf }: UnaryOptions,
): handleUnaryCall<Unread, Message> {
  return (call, callback) => {
    const facts = factsOf(call);
    const context = lazyContext(call, connectionOf(call.getPeer()), facts);
    admit(context)
      .then(() => handle(readOf(call), context))
      .then(
        (reply) => {
          call.sendMetadata(answerMetadata(facts));
          callback(null, reply);
        },
        (reason) => callback(toGrpcError(reason, log, facts)),
      );
  };
}

/** @throws BatonError for a request that is no message. */
export function readOf({ request }: { readonly request: Unread }): Message {
  const read = request();
  if (read instanceof Malformed) throw read.error;
  return read;
}

/** What names a call: `legalizeHeaders` has seen to its id. */
export function factsOf({ metadata }: { readonly metadata: Metadata }): RequestFacts {
  const [id] = metadata.get(REQUEST_ID_HEADER);
  const [traceparent] = metadata.get('traceparent');
  return { id: String(id), traceparent: traceparent && String(traceparent) };
}

export function answerMetadata({ id }: RequestFacts): Metadata {
  const metadata = new Metadata();
  metadata.set(REQUEST_ID_HEADER, id);
  return metadata;
}

/** Most handlers never ask for the signal, and it costs more than the rest of the context. */
function lazyContext(
  call: Call,
  connection: Connection | undefined,
  request: RequestFacts,
): CallContext {
  let controller: AbortController | undefined;
  return {
    connection,
    credentials: credentialsOf(call),
    request,
    get signal() {
      if (controller === undefined) {
        const created = new AbortController();
        const abort = () => created.abort(goneError(call));
        if (call.cancelled) abort();
        else call.once('cancelled', abort);
        controller = created;
      }
      return controller.signal;
    },
  };
}

/** Why grpc-js says that a call is cancelled: its deadline, or the caller. */
export function goneError(call: { getDeadline(): Date | number }): BatonError {
  return Number(call.getDeadline()) <= Date.now()
    ? new BatonError('deadline_exceeded', "the caller's deadline has passed")
    : new BatonError('cancelled', 'the caller has cancelled the call');
}

/**
 * `reason` as grpc-js sends it, with its google.rpc.Status in the trailer that clients look for, and the id of
 * the request, where it has one.
 */
export function toGrpcError(
  reason: unknown,
  log: Log,
  request?: RequestFacts,
): ServerErrorResponse {
  const { code, message, details } = toWireError(
    reason,
    request === undefined ? log : logOf(request, log),
  );
  const status = toBinary(StatusSchema, {
    $typeName: 'google.rpc.Status',
    code,
    message,
    details: details.map(({ desc, value }) => anyPack(desc, value)),
  });
  const metadata = request === undefined ? new Metadata() : answerMetadata(request);
  metadata.set('grpc-status-details-bin', Buffer.from(status));
  return Object.assign(new Error(message), { code: code as number, details: message, metadata });
}
