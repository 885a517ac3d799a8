import type { Random } from '../../chaos/random.ts';
import { FRAME, frame, headerBlock, PREFACE, settings } from '../../flood/frames.ts';
import { isFramed, type Sent, type Wrong } from '../sent.ts';

/** Bytes instead of a request: what no client makes of any. */
export function wrongBytes(random: Random, sent: Sent): Wrong {
  const handshake = sent.over !== undefined && random.chance(0.3);
  const bytes = handshake
    ? random.pick(HANDSHAKES)(random)
    : isFramed(sent)
      ? wrongFrames(random, sent)
      : Buffer.from(random.pick(HTTP1)(sent, random), 'latin1');
  return { raw: { bytes: bytes.toString('base64'), ...(handshake && { handshake }) } };
}

const pathOf = ({ path, method }: Sent): string => path ?? `/${method}`;
const noise = (random: Random, most: number): Buffer =>
  Buffer.from(Array.from({ length: random.between(1, most) }, () => random.between(0, 255)));

/** A record of TLS: its type, a version, a length, and what it holds. */
const record = (type: number, version: number, bytes: Buffer, length = bytes.length): Buffer =>
  Buffer.concat([
    Buffer.from([type, version >> 8, version & 255, length >> 8, length & 255]),
    bytes,
  ]);

const HANDSHAKES: readonly ((random: Random) => Buffer)[] = [
  () => Buffer.from('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n'),
  () => Buffer.concat([PREFACE, settings()]),
  (random) => noise(random, 300),
  // Handshakes that are cut off, random, or of no length; an alert; data before any handshake.
  (random) => record(22, 0x0301, Buffer.from([1, 0, 1, 0, 3, 3]), random.between(6, 0xffff)),
  (random) => record(22, 0x0303, noise(random, 500)),
  () => record(22, 0x0303, Buffer.alloc(0)),
  () => record(21, 0x0303, Buffer.from([2, 40])),
  () => record(23, 0x0303, Buffer.from('GET / HTTP/1.1\r\n\r\n')),
  (random) => record(random.between(0, 255), random.between(0, 0xffff), noise(random, 50)),
];

const START = 'HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
const HTTP1: readonly ((sent: Sent, random: Random) => string)[] = [
  () => '\r\n\r\n\r\n',
  (sent) => `GET ${pathOf(sent)}\r\n\r\n`,
  (sent) => `GET ${pathOf(sent)} HTTP/0.9\r\n\r\n`,
  (sent) => `POST ${pathOf(sent)} HTTP/2.0\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}`,
  () => PREFACE.toString('latin1'),
  (sent) => `POST ${pathOf(sent)} HTTP/1.1\nhost: localhost\ncontent-length: 2\n\n{}`,
  (sent) => `POST ${pathOf(sent)} ${START}content-length: 2\r\ncontent-length: 3\r\n\r\n{}}`,
  (sent) =>
    `POST ${pathOf(sent)} ${START}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{}`,
  (sent) => `POST ${pathOf(sent)} ${START}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  (sent) =>
    `POST ${pathOf(sent)} ${START}transfer-encoding: chunked\r\n\r\n${'f'.repeat(16)}\r\n{}`,
  (sent) =>
    `POST ${pathOf(sent)} ${START}transfer-encoding: chunked\r\n\r\n2;${'x'.repeat(20_000)}`,
  (sent) => `GET ${pathOf(sent)} ${START}x-folded: a\r\n b\r\n\r\n`,
  (sent) => `GET ${pathOf(sent)} ${START}no colon\r\n\r\n`,
  (sent) => `GET ${pathOf(sent)} ${START}x-nul: a\0b\r\n\r\n`,
  (sent) => `GET ${pathOf(sent)} ${START}${'x: y\r\n'.repeat(3000)}\r\n`,
  (sent) => `GET ${pathOf(sent)} ${START}x: ${'y'.repeat(70_000)}`,
  (sent) => `GET ${pathOf(sent)} ${START}\r\n`.repeat(5),
  (sent) => `get ${pathOf(sent)} ${START}\r\n`,
  (sent) => `CONNECT ${pathOf(sent)} ${START}\r\n`,
  (sent) => `GET http://evil.example${pathOf(sent)} ${START}\r\n`,
  (_, random) => noise(random, 300).toString('latin1'),
];

const END_STREAM = 1;
const END_HEADERS = 4;
const PADDED = 8;
const WHOLE = END_STREAM | END_HEADERS;
const PRIORITY = 2;
const PUSH_PROMISE = 5;
const WINDOW_UPDATE = 8;

const uint32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
};
const setting = (name: number, value: number): Buffer =>
  frame(FRAME.settings, 0, 0, Buffer.concat([Buffer.from([0, name]), uint32(value)]));

type Headers = Readonly<Record<string, string>>;

function wrongFrames(random: Random, sent: Sent): Buffer {
  const right: Headers = {
    ...{ ':method': 'POST', ':scheme': sent.over === undefined ? 'http' : 'https' },
    ...{ ':path': pathOf(sent), ':authority': 'localhost' },
    ...{ 'content-type': sent.protocol === 'grpc' ? 'application/grpc' : 'application/json' },
    te: 'trailers',
  };
  const open = frame(FRAME.headers, END_HEADERS, 1, headerBlock(right));
  const asked = (headers: Headers) => frame(FRAME.headers, WHOLE, 1, headerBlock(headers));
  const { ':path': path = '', ':method': method = '', ...rest } = right;
  const kinds: readonly (() => Buffer | readonly Buffer[])[] = [
    // On streams that are none, or not there for it.
    () => frame(FRAME.data, 0, 0, Buffer.from('x')),
    () => frame(FRAME.data, 0, 1, Buffer.from('x')),
    () => frame(FRAME.headers, WHOLE, 0, headerBlock(right)),
    () => frame(FRAME.headers, WHOLE, 2, headerBlock(right)),
    () => [frame(FRAME.headers, WHOLE, 3, headerBlock(right)), asked(right)],
    () => [asked(right), frame(FRAME.data, END_STREAM, 1, Buffer.from('x'))],
    () => frame(FRAME.reset, 0, 1, uint32(8)),
    () => frame(FRAME.reset, 0, 0, uint32(8)),
    () => frame(FRAME.continuation, END_HEADERS, 1, headerBlock(right)),
    () => [
      frame(FRAME.headers, END_STREAM, 1, headerBlock(right)),
      frame(FRAME.ping, 0, 0, uint32(0, 0)),
    ],
    () => frame(PUSH_PROMISE, END_HEADERS, 1, uint32(2)),
    () => frame(FRAME.goaway, 0, 1, uint32(0, 0)),
    () => frame(FRAME.goaway, 0, 0, uint32(0, random.between(0, 20))),
    // Of a length that is wrong, or does not fit.
    () => frame(FRAME.ping, 0, 0, Buffer.alloc(7)),
    () => frame(FRAME.settings, 0, 0, Buffer.alloc(5)),
    () => frame(FRAME.settings, 1, 0, Buffer.alloc(6)),
    () => [open, frame(FRAME.reset, 0, 1, Buffer.alloc(3))],
    () => [open, frame(WINDOW_UPDATE, 0, 1, Buffer.alloc(5))],
    () => [open, frame(FRAME.data, PADDED, 1, Buffer.from([200, 1, 2]))],
    () => [open, frame(FRAME.data, 0, 1, Buffer.alloc(16_385))],
    () => frame(FRAME.ping, 0, 0, Buffer.alloc(20_000)).subarray(0, random.between(1, 19_999)),
    () => [open, frame(FRAME.data, END_STREAM, 1, noise(random, 20))],
    // With values that are out of range.
    () => setting(2, 2),
    () => setting(4, 0x8000_0000),
    () => setting(5, random.pick([1, 0x0100_0000])),
    () => [setting(1, 0), setting(1, 0xffff_ffff), asked(right)],
    () => [setting(6, 1), asked(right)],
    () => setting(random.between(0, 255), random.between(0, 0xffff_ffff)),
    () => frame(WINDOW_UPDATE, 0, 0, uint32(0)),
    () => frame(WINDOW_UPDATE, 0, 0, uint32(0x7fff_ffff)),
    () => [open, frame(WINDOW_UPDATE, 0, 1, uint32(0))],
    () => [open, frame(PRIORITY, 0, 1, Buffer.concat([uint32(1), Buffer.from([1])]))],
    () =>
      frame(
        random.between(10, 255),
        random.between(0, 255),
        random.between(0, 9),
        noise(random, 30),
      ),
    // Headers that are none.
    () => frame(FRAME.headers, WHOLE, 1, noise(random, 60)),
    () => frame(FRAME.headers, WHOLE, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7f])),
    () => asked({ ...rest, ':path': path }),
    () => asked({ ...rest, ':method': method }),
    () => asked({ ...right, ':path': random.pick(['', 'x', '*', 'http://localhost/', '/\u0001']) }),
    () => asked({ ...right, ':status': '200' }),
    () => asked({ 'x-first': 'y', ...right }),
    () => asked({ ...right, 'X-Upper': 'y' }),
    () => asked({ ...right, connection: 'close' }),
    () => asked({ ...right, te: 'gzip' }),
    () => asked({ ...right, 'content-length': '5' }),
    () => asked({ ...right, 'x-odd': 'a\r\nb\0' }),
    () =>
      asked({
        ...right,
        ...Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`h${at}`, ''])),
      }),
    () => [open, frame(FRAME.headers, END_HEADERS, 1, headerBlock({ 'x-trailer': 'y' }))],
    () => [open, frame(FRAME.headers, WHOLE, 1, headerBlock({ ':path': '/' }))],
    () => noise(random, 200),
  ];
  const start = random.chance(0.95)
    ? [PREFACE, settings()]
    : [PREFACE.subarray(0, random.between(0, 23))];
  return Buffer.concat([...start, random.pick(kinds)()].flat());
}
