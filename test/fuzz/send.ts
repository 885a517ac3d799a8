import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { Code } from '@connectrpc/connect';
import { type Client, Metadata } from '@grpc/grpc-js';

const QUICKLY = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

export const PROTOCOLS = {
  json: ['connect', 'get', 'grpc-web'],
  proto: ['connect', 'get', 'grpc-web', 'grpc'],
} as const;

/** A request as it goes over the wire; with it a finding can be repeated. */
export interface Sent {
  readonly method: string;
  readonly streams: boolean;
  readonly reads: boolean;
  readonly encoding: 'json' | 'proto';
  readonly protocol: (typeof PROTOCOLS)['json' | 'proto'][number];
  readonly compression: 'identity' | 'gzip' | 'br';
  /** Base64. */
  readonly body: string;
  readonly timeoutMs: number;
}

export interface Answer {
  /** A code of gRPC; 0 is OK. */
  readonly code: number;
  readonly message: string;
  /** JSON, where the answer is. */
  readonly value?: unknown;
}

export async function send(httpUrl: string, grpc: Client, sent: Sent): Promise<Answer> {
  const { method, encoding, protocol, compression, streams, timeoutMs } = sent;
  const body = Buffer.from(sent.body, 'base64');
  if (protocol === 'grpc') return overGrpc(grpc, sent, body);
  const packed = pack(body, compression);
  const url = `${httpUrl}/${method}`;
  const signal = AbortSignal.timeout(timeoutMs + 5000);
  if (protocol === 'get' && !streams) {
    const query = new URLSearchParams({
      connect: 'v1',
      encoding,
      base64: '1',
      compression,
      message: packed.toString('base64url'),
    });
    return fromHttp(await fetch(`${url}?${query}`, { signal }));
  }
  const enveloped = streams || protocol === 'grpc-web';
  const web = protocol === 'grpc-web';
  const kind = web ? 'grpc-web+' : streams ? 'connect+' : '';
  const packing = web ? 'grpc-encoding' : streams ? 'connect-content-encoding' : 'content-encoding';
  const response = await fetch(url, {
    method: 'POST',
    signal,
    headers: {
      'content-type': `application/${kind}${encoding}`,
      [packing]: compression,
      ...(web ? { 'grpc-timeout': `${timeoutMs}m` } : { 'connect-timeout-ms': `${timeoutMs}` }),
    },
    body: enveloped ? envelope(packed, compression !== 'identity') : new Uint8Array(packed),
  });
  return enveloped ? fromStream(response, web) : fromHttp(response);
}

function overGrpc(grpc: Client, { method, streams, timeoutMs }: Sent, body: Buffer) {
  const same = (bytes: Buffer) => bytes;
  const options = { deadline: Date.now() + timeoutMs };
  return new Promise<Answer>((resolve) => {
    if (streams) {
      const call = grpc.makeServerStreamRequest(
        `/${method}`,
        same,
        same,
        body,
        new Metadata(),
        options,
      );
      call.on('data', () => {});
      call.on('error', () => {});
      call.on('status', ({ code, details }) => resolve({ code, message: details }));
    } else {
      grpc.makeUnaryRequest(`/${method}`, same, same, body, new Metadata(), options, (error) =>
        resolve({ code: error?.code ?? 0, message: error?.details ?? '' }),
      );
    }
  });
}

function pack(body: Buffer, compression: Sent['compression']): Buffer {
  if (compression === 'gzip') return gzipSync(body);
  return compression === 'br' ? brotliCompressSync(body, QUICKLY) : body;
}

function envelope(message: Buffer, isPacked: boolean): Uint8Array<ArrayBuffer> {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(isPacked ? 1 : 0);
  prefix.writeUInt32BE(message.length, 1);
  return new Uint8Array(Buffer.concat([prefix, message]));
}

async function fromHttp(response: Response): Promise<Answer> {
  const text = await response.text();
  if (response.ok) {
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { code: 0, message: '', ...(isJson && { value: JSON.parse(text) }) };
  }
  return fromConnect(text, response.status);
}

function fromConnect(text: string, status: number): Answer {
  try {
    const { code, message } = JSON.parse(text);
    return { code: codeOf(code), message: String(message) };
  } catch {
    // No error of Connect: 5xx is as bad as UNKNOWN, the rest is HTTP's own refusal.
    return { code: status >= 500 ? Code.Unknown : -status, message: text };
  }
}

async function fromStream(response: Response, web: boolean): Promise<Answer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  if (web) {
    const text = bytes.toString('latin1');
    const code = response.headers.get('grpc-status') ?? /grpc-status: (\d+)\r\n/.exec(text)?.[1];
    const message = /grpc-message: (.*)\r\n/.exec(text)?.[1] ?? '';
    if (code === undefined) return fromConnect(text, response.status);
    return { code: Number(code), message };
  }
  if (!response.ok) return fromConnect(bytes.toString(), response.status);
  let at = 0;
  while (at + 5 <= bytes.length) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    if ((bytes.readUInt8(at) & 2) === 2) {
      const { error } = JSON.parse(bytes.toString('utf8', at + 5, end));
      return error === undefined
        ? { code: 0, message: '' }
        : { code: codeOf(error.code), message: String(error.message) };
    }
    at = end;
  }
  return { code: Code.Unknown, message: 'a stream without an end' };
}

function codeOf(name: string): number {
  const upper = name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  return Code[upper as keyof typeof Code] ?? Code.Unknown;
}
