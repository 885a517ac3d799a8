import { untilAborted } from '@baton/core/waits';
import type { Message } from '@bufbuild/protobuf';
import type { handleServerStreamingCall, Metadata, ServerWritableStream } from '@grpc/grpc-js';
import type { Admit } from '../access/guard.ts';
import { HEARTBEAT_HEADER, heartbeatSeconds } from '../limits.ts';
import type { Log } from '../log.ts';
import type { OpenStreams } from '../open-streams.ts';
import type { RequestFacts } from '../request/request-facts.ts';
import type { ServedStream } from '../services.ts';
import type { Unread } from './codec.ts';
import { credentialsOf } from './credentials.ts';
import { answerMetadata, factsOf, goneError, readOf, toGrpcError } from './unary.ts';

export interface StreamOptions {
  readonly admit: Admit;
  readonly streams: OpenStreams;
  readonly log: Log;
  readonly heartbeatMs: number;
}

type Call = ServerWritableStream<Unread, Message>;

/**
 * Serves one server-streaming method. At most one message waits for a slow caller: the next is
 * asked for when HTTP/2 flow control has let the one before through.
 */
export function serveStream(
  { handle, isEndless }: ServedStream,
  { admit, streams, log, heartbeatMs }: StreamOptions,
): handleServerStreamingCall<Unread, Message> {
  return async (call) => {
    const facts = factsOf(call);
    const controller = new AbortController();
    const { signal } = controller;
    const leave = isEndless ? streams.enter(controller) : undefined;
    call.once('cancelled', () => controller.abort(goneError(call)));
    try {
      const context = { signal, credentials: credentialsOf(call), request: facts };
      await admit(context);
      const request = readOf(call);
      // At once: until then a caller can't tell a quiet stream from a server that is not there.
      call.sendMetadata(isEndless ? heartbeats(heartbeatMs, facts) : answerMetadata(facts));
      for await (const message of handle(request, context)) {
        await write(call, message, signal);
      }
      call.end();
    } catch (reason) {
      if (!call.destroyed) call.emit('error', toGrpcError(reason, log, facts));
    } finally {
      leave?.();
    }
  };
}

function heartbeats(heartbeatMs: number, request: RequestFacts): Metadata {
  const metadata = answerMetadata(request);
  metadata.set(HEARTBEAT_HEADER, heartbeatSeconds(heartbeatMs));
  return metadata;
}

/** Resolves when the message is on its way. A caller that reads nothing must not keep it forever. */
function write(call: Call, message: Message, signal: AbortSignal): Promise<void> {
  const written = () =>
    new Promise<void>((resolve, reject) => {
      call.write(message, (error?: Error | null) => (error ? reject(error) : resolve()));
    });
  return untilAborted(written, signal);
}
