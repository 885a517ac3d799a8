import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, it } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { startServer } from './start-server.ts';

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
