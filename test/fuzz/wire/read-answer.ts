import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { fromBinary, type JsonValue, toJson } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { RPC_CODES } from '../../../packages/server/src/errors.ts';
import { type Encoding, methodOf, type Sent, streams } from '../sent.ts';
import type { RawAnswer } from './raw-answer.ts';

export interface Answer {
  readonly outcome: RawAnswer['outcome'];
  /** A code of gRPC, 0 is OK; below zero a status of HTTP, where HTTP itself refuses. */
  readonly code: number;
  readonly message: string;
  /** The message of the answer, unless it streams. */
  readonly reply?: { readonly encoding: Encoding; readonly bytes: Buffer };
}

/**
 * @throws Error for an answer that is none of its protocol.
 */
export function readAnswer(sent: Sent, raw: RawAnswer): Answer {
  const { outcome } = raw;
  if (outcome !== 'answered') {
    const problem = sent.protocol === 'json' ? problemIn(raw.body.toString()) : undefined;
    return { outcome, code: 0, message: '', ...problem };
  }
  // Read by the answer's content type, because a request with a wrong type may select another protocol.
  const type = raw.headers['content-type'] ?? '';
  if (sent.protocol !== 'grpc' && /^application\/grpc(?!-web)/.test(type)) {
    return { outcome, ...fromGrpc(raw) };
  }
  switch (sent.protocol) {
    case 'grpc':
      return { outcome, ...fromGrpc(raw) };
    case 'grpc-web':
      return { outcome, ...fromGrpcWeb(raw, sent.encoding) };
    case 'json':
      return { outcome, ...fromRoute(raw) };
    case 'get':
    case 'connect': {
      const method = methodOf(sent.method);
      const isStream = method !== undefined && streams(method);
      return { outcome, ...(isStream && raw.status === 200 ? fromStream(raw) : fromConnect(raw)) };
    }
  }
}

/** What an answer tells, as JSON. @throws Error for what is no message of the method's. */
export function replyIn({ method }: Sent, { reply }: Answer): JsonValue | undefined {
  const found = methodOf(method);
  if (reply === undefined || found === undefined || streams(found)) return undefined;
  if (reply.encoding === 'json') return JSON.parse(reply.bytes.toString());
  const message = fromBinary(found.output, reply.bytes, { recursionLimit: DEEPEST });
  return toJson(found.output, message, { alwaysEmitImplicit: true });
}

/** Payloads may be 64 levels deep, and each is two of protobuf-es's. */
const DEEPEST = 200;

type Read = Omit<Answer, 'outcome'>;

function fromGrpc({ status, headers, body }: RawAnswer): Read {
  const code = headers['grpc-status'];
  const message = headers['grpc-message'] ?? '';
  if (code === undefined) return { code: -status, message: body.toString() };
  if (code !== '0') return { code: Number(code), message: decodeURIComponent(message) };
  const encoding = headers['content-type']?.includes('json') === true ? 'json' : 'proto';
  const [first] = envelopesIn(body, headers['grpc-encoding']);
  return { code: 0, message: '', ...(first && { reply: { encoding, bytes: first.bytes } }) };
}

function fromGrpcWeb({ status, headers, body }: RawAnswer, encoding: Encoding): Read {
  let code = headers['grpc-status'];
  let message = headers['grpc-message'] ?? '';
  let reply: Buffer | undefined;
  if (status === 200) {
    for (const { flags, bytes } of envelopesIn(body, headers['grpc-encoding'])) {
      if ((flags & 0x80) === 0) reply ??= bytes;
      else {
        const trailers = bytes.toString('latin1');
        code = /(?:^|\n)grpc-status: *(\d+)/i.exec(trailers)?.[1];
        message = /(?:^|\n)grpc-message: *(.*)\r?\n/i.exec(trailers)?.[1] ?? '';
      }
    }
  }
  if (code === undefined) return fromConnectError(body.toString(), status);
  if (code !== '0') return { code: Number(code), message: decodeURIComponent(message) };
  return {
    code: 0,
    message: '',
    ...(reply !== undefined && { reply: { encoding, bytes: reply } }),
  };
}

function fromConnect({ status, headers, body }: RawAnswer): Read {
  const bytes = unpacked(body, headers['content-encoding']);
  if (status !== 200) return fromConnectError(bytes.toString(), status);
  const encoding = headers['content-type']?.includes('json') === true ? 'json' : 'proto';
  return { code: 0, message: '', reply: { encoding, bytes } };
}

function fromConnectError(text: string, status: number): Read {
  const { code, message } = jsonIn(text) ?? {};
  if (typeof code === 'string') return { code: codeOf(code), message: String(message) };
  return { code: -status, message: text };
}

function fromStream({ headers, body }: RawAnswer): Read {
  for (const { flags, bytes } of envelopesIn(body, headers['connect-content-encoding'])) {
    if ((flags & 2) === 0) continue;
    const { error } = JSON.parse(bytes.toString());
    if (error === undefined) return { code: 0, message: '' };
    return { code: codeOf(error.code), message: String(error.message) };
  }
  throw new Error('a stream without an end');
}

function fromRoute({ status, headers, body }: RawAnswer): Read {
  const text = body.toString();
  if (headers['content-type']?.startsWith('text/event-stream') === true) {
    return problemIn(text) ?? { code: 0, message: '' };
  }
  if (status === 204) return { code: 0, message: '' };
  if (status === 200) return { code: 0, message: '', reply: { encoding: 'json', bytes: body } };
  const { code, detail } = jsonIn(text) ?? {};
  const known = RPC_CODES[code as keyof typeof RPC_CODES];
  return { code: known ?? -status, message: String(detail ?? text) };
}

/** The problem that ends a stream of events. */
function problemIn(text: string): Read | undefined {
  const [, data] = /(?:^|\n)event: problem\ndata: (.*)\n/.exec(text) ?? [];
  if (data === undefined) return undefined;
  const { code, detail } = JSON.parse(data);
  return { code: RPC_CODES[code as keyof typeof RPC_CODES], message: String(detail) };
}

function* envelopesIn(body: Buffer, compression: string | undefined) {
  for (let at = 0; at < body.length; ) {
    const end = at + 5 + body.readUInt32BE(at + 1);
    if (end > body.length) throw new Error('an envelope that is cut off');
    const flags = body.readUInt8(at);
    const bytes = body.subarray(at + 5, end);
    yield { flags, bytes: (flags & 1) === 1 ? unpacked(bytes, compression) : bytes };
    at = end;
  }
}

function unpacked(bytes: Buffer, compression: string | undefined): Buffer {
  if (compression === 'gzip') return gunzipSync(bytes);
  return compression === 'br' ? brotliDecompressSync(bytes) : bytes;
}

function jsonIn(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // HTTP's own refusals are no JSON.
    return undefined;
  }
}

function codeOf(name: string): number {
  const upper = name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  const code = Code[upper as keyof typeof Code];
  if (code === undefined) throw new Error(`'${name}' is no code`);
  return code;
}
