import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { aBuild, startServer } from './start-server.ts';

const HEALTH = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n';
const RPC = '/baton.v1.WorkflowService/GetWorkflowStatus';
const CHUNKED =
  'host: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';

it.each([
  ['HTTP', undefined],
  ['HTTPS', makeCertificate()],
])('bytes over %s that are no request end their connection, and not the server', async (_, tls) => {
  const { httpPort: port } = await startServer({ tls });
  const open = () =>
    tls === undefined
      ? connectTcp(port)
      : connectTls({ port, ca: tls.cert, servername: 'localhost' });
  for (const broken of [
    `GET ${RPC} HTTP/1.1\r\nhost: localhost\r\n\r\nno request\r\n\r\n`,
    `GET ${RPC} HTTP/1.1\r\n${CHUNKED}zz\r\n`,
    `POST ${RPC} HTTP/1.1\r\n${CHUNKED}2\r\n{}\r\nzz\r\n`,
    `POST /api/workflows/p/start HTTP/1.1\r\n${CHUNKED}2\r\n{}\r\nzz\r\n`,
  ]) {
    const socket = open().on('error', () => {});
    // Behind a request that is answered first.
    socket.write(`${HEALTH}${broken}`);
    socket.resume();
    await once(socket, 'close');
  }
  const socket = open();
  socket.write(HEALTH);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  expect(String(answer)).toMatch(/^HTTP\/1.1 200 /);
});

const NO_TYPE = `POST ${RPC} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}`;

describe.each([
  ['HTTP', undefined],
  ['HTTPS', makeCertificate()],
])('over %s', (_, tls) => {
  it.each([
    ['what is no HTTP', 'nonsense\r\n\r\n', 400, 'no HTTP: '],
    ['a body that breaks off', `POST ${RPC} HTTP/1.1\r\n${CHUNKED}zz\r\n`, 400, 'no HTTP: '],
    [
      'headers of 20 KB',
      `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'the headers are larger than 16 KiB',
    ],
    [
      'a request without Host',
      'GET /healthz HTTP/1.1\r\n\r\n',
      400,
      'expected a header Host, found none',
    ],
    [
      'CONNECT',
      'CONNECT a:1 HTTP/1.1\r\nhost: localhost\r\n\r\n',
      405,
      'this server is no proxy: it does not know CONNECT',
    ],
    [
      'an expectation',
      'GET /healthz HTTP/1.1\r\nhost: localhost\r\nexpect: x\r\n\r\n',
      417,
      "expected 100-continue in Expect, found 'x'",
    ],
    [
      'an RPC without a content type',
      NO_TYPE,
      415,
      'expected the content type of Connect, gRPC-Web or gRPC, found none: application/json, ',
    ],
    [
      'an RPC with another method',
      `DELETE ${RPC} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      405,
      `${RPC} does not know DELETE; it knows `,
    ],
  ])('%s is answered with a reason', async (_, request, status, detail) => {
    const { httpPort: port } = await startServer({ tls });
    const socket =
      tls === undefined
        ? connectTcp(port)
        : connectTls({ port, ca: tls.cert, servername: 'localhost' });
    socket.write(request);
    const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    socket.destroy();
    const [head, body] = String(answer).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head?.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(String(body))).toMatchObject({
      status,
      detail: expect.stringContaining(detail),
    });
  });
});

it('CONNECT over HTTP/2 is answered with a reason', async () => {
  const tls = makeCertificate();
  const { httpUrl } = await startServer({ tls });
  const session = connectHttp2(httpUrl, { ca: tls.cert });
  const stream = session.request({ ':method': 'CONNECT', ':authority': 'a:1' });
  const [headers] = await once(stream, 'response');
  const [body] = await once(stream, 'data');
  session.destroy();
  expect(headers[':status']).toBe(405);
  expect(JSON.parse(String(body))).toMatchObject({ detail: expect.stringContaining('no proxy') });
});

it('nothing is written into an answer that has begun', async () => {
  const { httpPort, orchestrator } = await startServer();
  const { workflowId } = await orchestrator.start({ ...aBuild, buildId: 'b' });
  const socket = connectTcp(httpPort);
  socket.write(`GET /api/workflows/${workflowId}/events HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  await once(socket, 'data');
  socket.write('nonsense\r\n\r\n');
  let rest = '';
  socket.on('data', (bytes) => {
    rest += bytes;
  });
  await once(socket, 'close');
  expect(rest).not.toContain('HTTP/1.1');
});
