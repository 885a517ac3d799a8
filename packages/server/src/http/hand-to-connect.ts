import { BatonError } from '@baton/core';
import type { DescMessage, DescService, Message } from '@bufbuild/protobuf';
import { EmptySchema } from '@bufbuild/protobuf/wkt';
import { type ContextValues, createContextKey, createContextValues } from '@connectrpc/connect';
import type {
  UniversalHandler,
  UniversalServerRequest,
  UniversalServerResponse,
} from '@connectrpc/connect/protocol';
import { legalConnectTimeout, legalGrpcTimeout } from '../legal-timeout.ts';
import { Malformed } from '../messages/malformed.ts';
import { requestReader } from '../messages/request-reader.ts';
import { type Inflation, PREFIX, type ReadRpc, readRpc } from './read-rpc.ts';

/**
 * Connect negotiates protocols, keeps deadlines and writes answers. What a request is, it doesn't decide:
 * its reading knows neither our limits nor our details, and has no place to put our own. So to Connect
 * every method takes an Empty, and what was read of the request comes beside it.
 */

const READ = createContextKey<Message | Malformed | undefined>(undefined);
const LEAVE = createContextKey<() => void>(() => {});

/** A service as Connect has it. */
export function withoutRequests(service: DescService): DescService {
  const methods = service.methods.map((method) => ({ ...method, input: EmptySchema }));
  return { ...service, methods };
}

/** What was read for a call. @throws BatonError for a request that is no message. */
export function messageOf(values: ContextValues): Message {
  const read = values.get(READ);
  if (read === undefined) throw new BatonError('internal', 'a call came without its request');
  if (read instanceof Malformed) throw read.error;
  return read;
}

/** To be called when the message of a call has been worked on. */
export function worked(values: ContextValues): void {
  values.get(LEAVE)();
}

/**
 * The handler of a method of {@link withoutRequests}, behind the reader of the method's requests. It changes
 * the headers that a request comes with, which are the request's own: copies cost as much as its reading.
 */
export function readFirst(
  handler: UniversalHandler,
  input: DescMessage,
): (request: UniversalServerRequest, inflation: Inflation) => Promise<UniversalServerResponse> {
  const reader = requestReader(input);
  return async (request, inflation) => {
    legalizeTimeout(request.header);
    const isAllowed = handler.allowedMethods.includes(request.method);
    const read = isAllowed ? await readRpc(input, reader, request, inflation) : undefined;
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
