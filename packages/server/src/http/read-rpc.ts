import { BatonError } from '@baton/core';
import type { DescMessage, Message } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import { Code, ConnectError } from '@connectrpc/connect';
import type { UniversalServerRequest } from '@connectrpc/connect/protocol';
import { compressionBrotli, compressionGzip } from '@connectrpc/connect-node';
import { MAX_DISCARDED_BYTES, MAX_MESSAGE_BYTES } from '../limits.ts';
import type { Inflated } from '../load/inflating.ts';
import { Malformed, notA, TOO_LARGE } from '../messages/malformed.ts';
import type { RequestReader } from '../messages/request-reader.ts';

/** The compressions that requests may come in, and answers go out in. */
export const COMPRESSIONS = [compressionGzip, compressionBrotli];

/** A request for an RPC, read. */
export interface ReadRpc {
  readonly encoding: 'proto' | 'json';
  /** Whether messages of this protocol come in envelopes. */
  readonly isEnveloped: boolean;
  readonly message: Message | Malformed;
  /** To be called when the message has been worked on: what it takes is counted until then. */
  readonly leave: () => void;
}

/** What a message waits for before it is read. */
export interface Entry {
  /** Until its caller is admitted. @throws BatonError for one that is not. */
  admit(): Promise<unknown>;
  /** If it is compressed: until there is room for it. */
  enterInflating(): Promise<Inflated>;
  /** If it is compressed: until it is its turn to be read. */
  turnToRead(bytes: number): Promise<void> | undefined;
}

/** `application/proto`, `application/connect+json`, `application/grpc`, `application/grpc-web+proto` … */
const CONTENT_TYPE =
  /^application\/(?:(proto|json)|(connect|grpc|grpc-web)(?:\+(proto|json))?)(?:;|$)/;

/** Where each protocol says how its messages are compressed. */
const ENCODING_HEADERS = {
  connect: 'connect-content-encoding',
  grpc: 'grpc-encoding',
  'grpc-web': 'grpc-encoding',
} as const;

/**
 * Reads the one message of a request, whatever the protocol, the method and the compression. Undefined
 * for what Connect refuses before it reads anything: another content type, an unknown compression.
 */
export async function readRpc(
  schema: DescMessage,
  reader: RequestReader,
  request: UniversalServerRequest,
  { admit, enterInflating, turnToRead }: Entry,
): Promise<ReadRpc | undefined> {
  const refused = await admit().then(() => undefined, refusal);
  const found =
    request.method === 'GET'
      ? fromQuery(schema, request, refused)
      : await fromBody(schema, request, refused);
  if (found === undefined) return undefined;
  const { encoding, isEnveloped, compression, bytes } = found;
  const read = (plain: Uint8Array | Malformed) =>
    plain instanceof Malformed ? plain : reader[encoding](plain);
  const known = COMPRESSIONS.find(({ name }) => name === compression);
  if (known === undefined || bytes instanceof Malformed) {
    return { encoding, isEnveloped, message: read(bytes), leave: () => {} };
  }
  const inflated = await enterInflating();
  try {
    // Its caller has left.
    request.signal.throwIfAborted();
    const plain = await decompressed(schema, known, bytes);
    const size = plain instanceof Malformed ? 0 : plain.length;
    inflated.counts(size);
    await turnToRead(size);
    return { encoding, isEnveloped, message: read(plain), leave: inflated.leave };
  } catch (reason) {
    inflated.leave();
    throw reason;
  }
}

interface Found extends Pick<ReadRpc, 'encoding' | 'isEnveloped'> {
  readonly compression: string | undefined;
  readonly bytes: Uint8Array | Malformed;
}

/** Connect's GET: the message is in the query. */
function fromQuery(
  schema: DescMessage,
  { url }: UniversalServerRequest,
  refused: Malformed | undefined,
): Found | undefined {
  const query = new URL(url).searchParams;
  const encoding = query.get('encoding');
  const compression = query.get('compression') ?? undefined;
  if (encoding !== 'proto' && encoding !== 'json') return undefined;
  if (!isKnown(compression)) return undefined;
  if (refused !== undefined) return { encoding, isEnveloped: false, compression, bytes: refused };
  const text = query.get('message') ?? '';
  const bytes = query.get('base64') === '1' ? base64(schema, text) : new TextEncoder().encode(text);
  return { encoding, isEnveloped: false, compression, bytes };
}

function base64(schema: DescMessage, text: string): Uint8Array | Malformed {
  try {
    return base64Decode(text);
  } catch {
    return malformed(schema, 'the message is no base64');
  }
}

async function fromBody(
  schema: DescMessage,
  { header, body }: UniversalServerRequest,
  refused: Malformed | undefined,
): Promise<Found | undefined> {
  const type = CONTENT_TYPE.exec(
    header.get('content-type')?.replace(/\s/g, '').toLowerCase() ?? '',
  );
  if (type === null) return undefined;
  const [, bare, protocol, wrapped = 'proto'] = type;
  const encoding = (bare ?? wrapped) as ReadRpc['encoding'];
  const named =
    protocol === undefined
      ? 'content-encoding'
      : ENCODING_HEADERS[protocol as keyof typeof ENCODING_HEADERS];
  const compression = header.get(named) ?? undefined;
  if (!isKnown(compression)) return undefined;
  const isEnveloped = protocol !== undefined;
  if (refused !== undefined) return { encoding, isEnveloped, compression, bytes: refused };
  const bytes = await readAll(body as AsyncIterable<Uint8Array>);
  if (bytes === undefined) return { encoding, isEnveloped, compression, bytes: TOO_LARGE };
  if (!isEnveloped) return { encoding, isEnveloped, compression, bytes };
  const envelope = unwrapped(schema, bytes);
  if (envelope instanceof Malformed) return { encoding, isEnveloped, compression, bytes: envelope };
  const { isCompressed, message } = envelope;
  if (isCompressed && (compression === undefined || compression === 'identity')) {
    const refused = malformed(schema, `a compressed message, and no ${named} that says how`);
    return { encoding, isEnveloped, compression, bytes: refused };
  }
  return {
    encoding,
    isEnveloped,
    compression: isCompressed ? compression : undefined,
    bytes: message,
  };
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

/** An envelope is a byte of flags and four of length, before the message. */
export const PREFIX = 5;

/** The one message in its envelope. */
function unwrapped(
  schema: DescMessage,
  bytes: Uint8Array,
): { readonly isCompressed: boolean; readonly message: Uint8Array } | Malformed {
  if (bytes.length < PREFIX) {
    return malformed(schema, `expected one message in its envelope, found ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(0);
  const length = view.getUint32(1);
  if (flags > 1) return malformed(schema, `expected the flags 0 or 1, found ${flags}`);
  if (length > MAX_MESSAGE_BYTES) return TOO_LARGE;
  if (length !== bytes.length - PREFIX) {
    const found = bytes.length - PREFIX;
    return malformed(schema, `expected one message of ${length} bytes, found ${found} bytes`);
  }
  return { isCompressed: flags === 1, message: bytes.subarray(PREFIX) };
}

function isKnown(compression: string | undefined): boolean {
  return (
    compression === undefined ||
    compression === 'identity' ||
    COMPRESSIONS.some(({ name }) => name === compression)
  );
}

async function decompressed(
  schema: DescMessage,
  compression: (typeof COMPRESSIONS)[number],
  bytes: Uint8Array,
): Promise<Uint8Array | Malformed> {
  try {
    return await compression.decompress(bytes as Uint8Array<ArrayBuffer>, MAX_MESSAGE_BYTES);
  } catch (reason) {
    if (ConnectError.from(reason).code === Code.ResourceExhausted) return TOO_LARGE;
    return malformed(schema, `the message is no ${compression.name}`);
  }
}

/** What there is instead of the message of a caller that is not admitted. */
function refusal(reason: unknown): Malformed {
  return new Malformed(BatonError.from(reason));
}

function malformed(schema: DescMessage, description: string): Malformed {
  return new Malformed(notA(schema, [{ field: '', description }]));
}
