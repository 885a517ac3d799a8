import type { Random } from '../../chaos/random.ts';
import { isFramed, methodOf, type Sent, streams, type Wrong } from '../sent.ts';
import { wrongBytes } from './wrong-bytes.ts';

const CONTENT_TYPES = [
  ...['text/plain', 'application/xml', 'application/grpc', 'application/grpc+json', 'x'],
  ...['application/grpc-web-text', 'application/connect+proto', 'application/json; charset=latin1'],
  ...['application/proto', 'application/json', 'application/grpc+thrift', 'multipart/form-data'],
  ...['application/x-www-form-urlencoded', 'a'.repeat(5000), ''],
];
const ENCODINGS = ['gzip', 'br', 'deflate', 'zstd', 'identity', 'gzip, br', '*', ''];
const VERBS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'POST'];
const TIMEOUTS = ['x', '-1', '99999999H', '0m', '1.5S', '123456789S', '', '9'.repeat(40), '1u'];
const OTHER_HEADERS: readonly Readonly<Record<string, string | null>>[] = [
  { host: 'evil.example' },
  { host: '' },
  { host: null },
  { origin: 'https://evil.example' },
  { origin: 'null', 'access-control-request-method': 'POST' },
  { 'connect-protocol-version': '2' },
  { 'connect-accept-encoding': 'zstd', 'grpc-accept-encoding': 'zstd' },
  { 'accept-encoding': 'zstd;q=1, *;q=0' },
  { expect: '100-continue' },
  { expect: 'the unexpected' },
  { 'x-large': 'x'.repeat(20_000) },
  { 'grpc-tags-bin': '***' },
  { 'user-agent': '\u00ff\u00fe' },
  { cookie: 'a=b; '.repeat(200) },
  { connection: 'close' },
  { connection: 'upgrade', upgrade: 'h2c' },
  { upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-key': 'x' },
  { 'transfer-encoding': 'gzip' },
  { range: 'bytes=0-1' },
  { 'content-length': '-1' },
  { 'content-length': '1e3' },
];
/** What HTTP/2 has no such header for, or a client that must not send them. */
const ONLY_HTTP1 = new Set(['connection', 'upgrade', 'transfer-encoding']);

/** The same request, against its protocol in one way. */
export function makeWrong(random: Random, sent: Sent): Sent {
  const isGrpc = sent.protocol === 'grpc';
  const method = methodOf(sent.method);
  const isStream = method !== undefined && streams(method);
  const isEnveloped = isGrpc || sent.protocol === 'grpc-web';
  const kinds: readonly ((random: Random, sent: Sent) => Wrong)[] = [
    () => ({ headers: { [encodingHeader(random)]: random.pick(ENCODINGS) } }),
    () => ({ verb: random.pick(VERBS) }),
    () => ({ path: wrongPath(random, sent) }),
    // Its deadline is all that ends a watch, and another type of content may be another protocol's.
    ...(isStream
      ? []
      : [
          () => ({ headers: { 'content-type': random.pick([null, ...CONTENT_TYPES]) } }),
          () => ({
            headers: {
              [isEnveloped ? 'grpc-timeout' : 'connect-timeout-ms']: random.pick(TIMEOUTS),
            },
          }),
        ]),
    () => ({ headers: otherHeaders(random, isFramed(sent)) }),
    () => wrongBytes(random, sent),
    () => ({ flags: random.pick([1, 2, 3, 0x80, 0xff]) }),
    () => ({ lengthOff: random.pick([-1000, -1, 1, 5, 4_200_000, 0xffff_ffff]) }),
    () => ({ copies: random.pick([0, 2, 3]) }),
    () => ({ corrupt: random.between(1, 4) }),
    () => ({ cut: { at: random.pick([0, 0.1, 0.5, 0.99]), how: random.pick(['end', 'destroy']) } }),
    ...(isGrpc
      ? []
      : ([
          () => ({
            headers: { 'content-length': String(random.between(0, 400)) },
            cut: { at: 1, how: 'end' },
          }),
        ] satisfies (() => Wrong)[])),
  ];
  // A request that never ends takes as long as the server waits for it.
  const wrong: Wrong = random.chance(0.0002)
    ? { cut: { at: random.pick([0, 0.5]), how: 'wait' } }
    : random.pick(kinds)(random, sent);
  return { ...sent, wrong };
}

const encodingHeader = (random: Random): string =>
  random.pick(['content-encoding', 'connect-content-encoding', 'grpc-encoding']);

function wrongPath(random: Random, { method, path }: Sent): string {
  const right = path ?? `/${method}`;
  return random.pick([
    ...['/', '*', '//', `${right}/`, `/${right}`, right.toLowerCase(), `${right}?a=%`, `${right}%`],
    ...[right.slice(0, -1), '/api/workflows/%zz/status', '/api/workflows//status', '/api/%2e%2e/x'],
    ...['/grpc.health.v1.Health/Check', '/grpc.reflection.v1.ServerReflection/Nothing', '/healthz'],
    ...[`/${'a'.repeat(9000)}`, '/baton.v1.WorkflowService/__proto__', '/favicon.ico'],
    ...['/api/workflows/constructor/history', '/api/workflows?pageToken=*', `${right}#x`],
  ]);
}

function otherHeaders(random: Random, isHttp2: boolean): Wrong['headers'] & object {
  for (;;) {
    const found = random.pick(OTHER_HEADERS);
    if (!isHttp2 || !Object.keys(found).some((name) => ONLY_HTTP1.has(name))) return found;
  }
}
