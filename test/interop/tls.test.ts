import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, get } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { WorkflowService } from '@baton/proto';
import { Code, createClient } from '@connectrpc/connect';
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from '@connectrpc/connect-node';
import { credentials, status } from '@grpc/grpc-js';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { connect } from './grpc-client.ts';
import { holdStats } from './held-stats.ts';
import { startServer } from './start-server.ts';

/** Seconds; longer than any test: a stop that waited for it would never be over. */
const LONG_DRAIN = 600;

let tls: { cert: string; key: string };

beforeAll(() => {
  tls = makeCertificate();
});

/** The cipher that a server agrees on; the error's code where there is none. */
function agree(port: number, ciphers: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] };
    const socket = connectTls({ ...options, maxVersion: 'TLSv1.2', ciphers }, () => {
      resolve(socket.getCipher().name);
      socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

/** The answer to a GET over HTTP/1.1, read to its end. */
async function answer(url: string, agent: Agent): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  return response;
}

describe('with TLS', () => {
  it('gRPC answers clients that trust the certificate, and no client in clear text', async () => {
    const { grpcAddress } = await startServer({ tls });
    const trusting = connect(grpcAddress, credentials.createSsl(Buffer.from(tls.cert)));
    await expect(trusting.call('getProjectStats', { projectId: 'p' })).resolves.toBeDefined();
    for (const channel of [credentials.createSsl(), credentials.createInsecure()]) {
      const deadline = Date.now() + 5000;
      const call = connect(grpcAddress, channel).call('getProjectStats', {}, { deadline });
      await expect(call).rejects.toMatchObject({ code: status.UNAVAILABLE });
    }
  });

  it('the HTTP port speaks HTTP/2 to those who offer it', async () => {
    const { httpUrl } = await startServer({ tls });
    const session = connectHttp2(httpUrl, { ca: tls.cert });
    const stream = session.request({ ':path': '/api/workflows' });
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      stream.once('response', resolve);
      session.once('error', reject);
    });
    expect(session.alpnProtocol).toBe('h2');
    expect(headers[':status']).toBe(200);
    session.destroy();
  });

  it('no port agrees on a cipher without forward secrecy', async () => {
    const server = await startServer({ tls: makeCertificate(['rsa:2048']) });
    for (const port of [server.grpcPort, server.httpPort]) {
      const secret = 'ECDHE-RSA-AES128-GCM-SHA256';
      expect(await agree(port, secret)).toBe(secret);
      for (const cipher of ['AES256-GCM-SHA384', 'AES128-SHA', 'ECDHE-RSA-AES256-SHA384']) {
        expect(await agree(port, cipher)).toBe('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE');
      }
    }
  });

  it('takes as many headers as fit into 64 KiB, on every port', async () => {
    const { httpUrl, grpcPort } = await startServer({ tls });
    for (const url of [httpUrl, `https://127.0.0.1:${grpcPort}`]) {
      const session = connectHttp2(url, { ca: tls.cert, settings: { maxHeaderListSize: 1e6 } });
      const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`x-${i}`, 'v']));
      const stream = session.request({ ':path': '/healthz', ...many });
      const [headers] = await once(stream.resume(), 'response');
      expect(headers[':status']).toBe(url === httpUrl ? 200 : 415);
      session.destroy();
    }
  });

  it('a body that is too large closes its stream over HTTP/2, not the connection', async () => {
    const { httpUrl } = await startServer({ tls });
    const session = connectHttp2(httpUrl, { ca: tls.cert });
    const send = async (mib: number) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/api/workflows/shop/start',
        'content-type': 'application/json',
        'content-length': mib * 1024 * 1024,
      });
      stream.on('error', () => {});
      const answered = once(stream.resume(), 'response');
      const closed = once(stream, 'close');
      if (mib > 0) stream.write(Buffer.alloc(64 * 1024));
      else stream.end();
      const [headers] = await answered;
      await closed;
      return headers[':status'];
    };
    expect(await send(40)).toBe(413);
    expect(await send(0)).toBe(400);
    session.destroy();
  });

  it('the HTTP port speaks HTTP/1.1 to the others', async () => {
    const { httpUrl } = await startServer({ tls });
    const { httpVersion } = await answer(`${httpUrl}/healthz`, new Agent({ ca: tls.cert }));
    expect(httpVersion).toBe('1.1');
  });

  it('stops at once when its connections have nothing to do, whatever they speak', async () => {
    const { httpUrl, stop } = await startServer({ tls, drainSeconds: LONG_DRAIN });
    const agent = new Agent({ keepAlive: true, ca: tls.cert });
    await answer(`${httpUrl}/healthz`, agent);
    const session = connectHttp2(httpUrl, { ca: tls.cert });
    await once(session, 'remoteSettings');
    expect(Object.values(agent.freeSockets)).toHaveLength(1);
    await stop();
    agent.destroy();
  });

  it('stops as soon as the last request of a connection is answered', async () => {
    const stats = holdStats();
    const { httpUrl, stop } = await startServer(
      { tls, drainSeconds: LONG_DRAIN },
      stats.orchestrate,
    );
    const agent = new Agent({ keepAlive: true, ca: tls.cert });
    const reply = answer(`${httpUrl}/api/workflows/project/p/stats`, agent);
    await stats.callers(1);
    const stopped = stop();
    stats.letGo();
    await stopped;
    expect((await reply).statusCode).toBe(200);
    agent.destroy();
  });

  it.each([
    ['Connect over HTTP/2', createConnectTransport, '2'],
    ['Connect over HTTP/1.1', createConnectTransport, '1.1'],
    ['gRPC-Web over HTTP/2', createGrpcWebTransport, '2'],
    ['gRPC on the HTTP port', createGrpcTransport, '2'],
  ] as const)('serves %s', async (_name, createTransport, httpVersion) => {
    const { httpUrl } = await startServer({ tls });
    const transport = createTransport({
      baseUrl: httpUrl,
      httpVersion: httpVersion as '2',
      nodeOptions: { ca: tls.cert },
    });
    const client = createClient(WorkflowService, transport);
    expect((await client.getDefinition({})).definition?.name).toBe('build');
    await expect(client.getWorkflowStatus({ workflowId: 'nope' })).rejects.toMatchObject({
      code: Code.NotFound,
    });
  });
});
