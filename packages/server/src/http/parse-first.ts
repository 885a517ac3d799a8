import { type DescMessage, fromJsonString, type Message } from '@bufbuild/protobuf';
import { type ContextValues, createContextKey, createContextValues } from '@connectrpc/connect';
import type { UniversalHandler, UniversalServerRequest } from '@connectrpc/connect/protocol';
import { messageReader } from '../grpc/message-codec.ts';
import { MAX_DISCARDED_BYTES, MAX_MESSAGE_BYTES } from '../limits.ts';
import { type Malformed, readerOf, TOO_LARGE } from '../malformed.ts';

/**
 * Connect refuses a request that it cannot read by itself: without details, and what is no protobuf
 * as a bug of the server's. So requests are read here, and Connect gets an empty message to read.
 * What is compressed, or a GET, or odd in other ways, is left to Connect.
 */

const READ = createContextKey<Message | Malformed | undefined>(undefined);

/** What was read for a call; undefined where that was left to Connect. */
export function messageOf(values: ContextValues): Message | Malformed | undefined {
  return values.get(READ);
}

/** `application/proto`, `application/connect+json`, `application/grpc`, `application/grpc-web+proto` … */
const CONTENT_TYPE = /^application\/(?:(proto|json)|(?:connect|grpc|grpc-web)(?:\+(proto|json))?)$/;

const EMPTY = { proto: new Uint8Array(), json: new TextEncoder().encode('{}') } as const;

/** The same handler, behind a reader of ours. */
export function parseFirst(handler: UniversalHandler): UniversalHandler {
  const readers = readersOf(handler.method.input);
  const handle = async (request: UniversalServerRequest) => {
    const [isOurs, bare, wrapped = 'proto'] = CONTENT_TYPE.exec(typeOf(request.header)) ?? [];
    const isPlain = isOurs !== undefined && !request.header.has('content-encoding');
    if (!isPlain || request.method !== 'POST') return handler(request);
    const encoding = (bare ?? wrapped) as keyof typeof EMPTY;
    const bytes = await readAll(request.body as AsyncIterable<Uint8Array>);
    const message = bare === undefined && bytes !== undefined ? unwrapped(bytes) : bytes;
    if (bytes !== undefined && message === undefined) {
      return handler({ ...request, body: once(bytes) });
    }
    const read = message === undefined ? TOO_LARGE : readers[encoding](message);
    const stand = EMPTY[encoding];
    const header = new Headers(request.header);
    header.delete('content-length');
    const body = once(bare === undefined ? enveloped(stand) : stand);
    const contextValues = (request.contextValues ?? createContextValues()).set(READ, read);
    return handler({ ...request, header, body, contextValues });
  };
  return Object.assign(handle, handler);
}

function readersOf(schema: DescMessage) {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  return {
    proto: readerOf(schema, messageReader(schema)),
    json: readerOf(schema, (bytes: Uint8Array) =>
      fromJsonString(schema, utf8.decode(bytes), { ignoreUnknownFields: true }),
    ),
  };
}

function typeOf(header: Headers): string {
  return header.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The whole body; undefined for one that is too large, of which the rest is not kept. */
async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size <= MAX_MESSAGE_BYTES + PREFIX) chunks.push(chunk);
    else if (size > MAX_DISCARDED_BYTES) break;
  }
  return size <= MAX_MESSAGE_BYTES + PREFIX ? Buffer.concat(chunks) : undefined;
}

// An envelope is a byte of flags and four of length, before the message.
const PREFIX = 5;

/** The one message in an envelope without flags; undefined for anything else. */
function unwrapped(bytes: Uint8Array): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isOne = bytes.length >= PREFIX && view.getUint8(0) === 0;
  return isOne && view.getUint32(1) === bytes.length - PREFIX ? bytes.subarray(PREFIX) : undefined;
}

function enveloped(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PREFIX + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, PREFIX);
  return bytes;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
