/** HTTP/2 frames as bytes (RFC 9113), including frames that only a hostile client sends. */

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  continuation: 9,
};
const END_STREAM = 1;
const END_HEADERS = 4;

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A SETTINGS frame; the windows of streams are as large as it says. */
export function settings(initialWindow?: number): Buffer {
  if (initialWindow === undefined) return frame(FRAME.settings, 0, 0);
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(4, 0);
  payload.writeUInt32BE(initialWindow, 2);
  return frame(FRAME.settings, 0, 0, payload);
}

export function reset(stream: number): Buffer {
  return frame(FRAME.reset, 0, stream, Buffer.from([0, 0, 0, 8]));
}

/** Headers in HPACK, each by itself, without Huffman codes or the table. */
export function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(headers).flatMap(([name, value]) => [
    Buffer.from([0]),
    text(name),
    text(value),
  ]);
  return Buffer.concat(parts);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  const length: number[] = [];
  let left = bytes.length;
  if (left < 127) length.push(left);
  else {
    length.push(127);
    for (left -= 127; left >= 128; left >>= 7) length.push((left & 127) | 128);
    length.push(left);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** The headers of a gRPC call, in one frame that leaves the stream open. */
export function grpcHeaders(stream: number, method: string, flags = END_HEADERS): Buffer {
  const block = headerBlock({
    ':method': 'POST',
    ':scheme': 'http',
    ':path': `/baton.v1.${method}`,
    ':authority': 'localhost',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  return frame(FRAME.headers, flags, stream, block);
}

/** The one message of a gRPC call, which ends its request. */
export function grpcMessage(stream: number, message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return frame(FRAME.data, END_STREAM, stream, Buffer.concat([prefix, message]));
}

/** A field of a protobuf message that is a text or a message, of fewer than 128 bytes. */
export function field(number: number, value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

/** A claim of an assignment that gets the same reply as often as it is sent. */
export function claimOf(workflowId: string): Buffer {
  const aDay = Buffer.from([0x08, 0x80, 0xa3, 0x05]);
  const fields = [field(1, workflowId), field(2, 'w'), field(3, 'q_assistant'), field(4, aDay)];
  return Buffer.concat([...fields, field(5, 'token')]);
}

/** Code and debug data of a GOAWAY frame, if `bytes` has one. */
export function goawayIn(bytes: Buffer): { code: number; reason: string } | undefined {
  for (let at = 0; at + 9 <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    if (bytes[at + 3] === FRAME.goaway && at + 9 + length <= bytes.length) {
      const payload = bytes.subarray(at + 9, at + 9 + length);
      return { code: payload.readUInt32BE(4), reason: payload.toString('utf8', 8) };
    }
    at += 9 + length;
  }
  return undefined;
}
