import { BatonError } from '@baton/core';
import { untilAborted } from '@baton/core/waits';
import type { Message } from '@bufbuild/protobuf';
import {
  Code,
  ConnectError,
  type ConnectRouter,
  createContextKey,
  type HandlerContext,
  type ServiceImpl,
} from '@connectrpc/connect';
import { toWireError } from '../errors.ts';
import { HEARTBEAT_HEADER, heartbeatSeconds } from '../heartbeat-header.ts';
import type { Connection } from '../load/connection.ts';
import type { Log } from '../log.ts';
import type { OpenStreams } from '../open-streams.ts';
import type { ServedMethod, ServedService } from '../services.ts';
import { messageOf, withoutRequests, worked } from './hand-to-connect.ts';

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
        return await untilAborted(() => served.handle(message, { signal, connection }), signal);
      } catch (reason) {
        throw toConnectError(reason, log);
      } finally {
        worked(context.values);
        unlink();
      }
    };
  }
  return async function* (_empty: Message, context: HandlerContext) {
    const { controller, unlink } = linked(context);
    const leave = streams.enter(controller);
    context.responseHeader.set(HEARTBEAT_HEADER, heartbeatSeconds(heartbeatMs));
    try {
      const message = messageOf(context.values);
      // A stream lives long, and of its request only a few ids are kept.
      worked(context.values);
      yield* served.handle(message, controller);
    } catch (reason) {
      throw toConnectError(reason, log);
    } finally {
      leave();
      unlink();
    }
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
