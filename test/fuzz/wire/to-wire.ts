import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { type Compression, methodOf, type Sent, streams } from '../sent.ts';

const QUICKLY = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

/** An HTTP request, for each HTTP version. */
export interface Wire {
  readonly verb: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function toWire(sent: Sent): Wire {
  const { verb, path, headers, body } = correct(sent);
  const { wrong } = sent;
  const host: Record<string, string> = sent.protocol === 'grpc' ? {} : { host: 'localhost' };
  const all: Record<string, string> = { ...host, ...headers, ...sent.headers };
  for (const [name, value] of Object.entries(wrong?.headers ?? {})) {
    if (value === null) delete all[name];
    else all[name] = value;
  }
  return { verb: wrong?.verb ?? verb, path: wrong?.path ?? path, headers: all, body };
}

function correct(sent: Sent): Wire {
  const { method, protocol, encoding, compression, timeoutMs, wrong } = sent;
  const message = Buffer.from(sent.body, 'base64');
  const path = `/${method}`;
  switch (protocol) {
    case 'json': {
      const isPost = message.length > 0;
      const type: Record<string, string> = isPost ? { 'content-type': 'application/json' } : {};
      return {
        verb: isPost ? 'POST' : 'GET',
        path: sent.path ?? '/',
        headers: type,
        body: message,
      };
    }
    case 'get': {
      const packed = damaged(pack(message, compression), wrong?.corrupt);
      const query = `connect=v1&encoding=${encoding}&base64=1&compression=${compression}&message=${packed.toString('base64url')}`;
      return { verb: 'GET', path: `${path}?${query}`, headers: {}, body: Buffer.alloc(0) };
    }
    case 'connect': {
      const found = methodOf(method);
      const isStream = found !== undefined && streams(found);
      const packing = isStream ? 'connect-content-encoding' : 'content-encoding';
      const headers = {
        'content-type': `application/${isStream ? 'connect+' : ''}${encoding}`,
        ...(compression !== 'identity' && { [packing]: compression }),
        'connect-timeout-ms': String(timeoutMs),
      };
      const packed = damaged(pack(message, compression), wrong?.corrupt);
      const body = isStream ? envelopes(sent, packed) : packed;
      return { verb: 'POST', path, headers, body };
    }
    case 'grpc-web':
    case 'grpc': {
      const headers = {
        'content-type': `application/${protocol}+${encoding}`,
        ...(compression !== 'identity' && { 'grpc-encoding': compression }),
        'grpc-timeout': `${timeoutMs}m`,
        ...(protocol === 'grpc' && { te: 'trailers' }),
      };
      const packed = damaged(pack(message, compression), wrong?.corrupt);
      return { verb: 'POST', path, headers, body: envelopes(sent, packed) };
    }
  }
}

function pack(body: Buffer, compression: Compression): Buffer {
  if (compression === 'gzip') return gzipSync(body, { level: 1 });
  return compression === 'br' ? brotliCompressSync(body, QUICKLY) : body;
}

/** Flips bits of so many bytes, spread over all of them. */
function damaged(bytes: Buffer, count = 0): Buffer {
  const copy = count === 0 ? bytes : Buffer.from(bytes);
  for (let i = 1; i <= count; i++) {
    const at = Math.floor((copy.length * i) / (count + 1));
    if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ 0x55;
  }
  return copy;
}

function envelopes({ compression, wrong }: Sent, message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(wrong?.flags ?? (compression === 'identity' ? 0 : 1));
  const said = message.length + (wrong?.lengthOff ?? 0);
  prefix.writeUInt32BE(Math.min(Math.max(said, 0), 0xffff_ffff), 1);
  const one = Buffer.concat([prefix, message]);
  return Buffer.concat(Array.from({ length: wrong?.copies ?? 1 }, () => one));
}

/** How much of a body goes out. */
export function portionOf({ wrong }: Sent, body: Buffer): Buffer {
  return wrong?.cut === undefined ? body : body.subarray(0, Math.floor(body.length * wrong.cut.at));
}
