import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { ServerOptions } from '@baton/server';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { FRAME, frame, goawayIn, grpcHeaders, PREFACE, reset, settings } from '../flood/frames.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { connect } from './grpc-client.ts';
import { holdStats } from './held-stats.ts';
import { aBuild, startServer } from './start-server.ts';

/** What each protocol answers above a limit. */
const RESOURCE_EXHAUSTED = 8;

let tls: Certificate;
beforeAll(() => {
  tls = makeCertificate();
});

type Limits = NonNullable<ServerOptions['limits']>;

function tcp(port: number, localAddress = '127.0.0.1'): Socket {
  const socket = connectTcp({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

function http2(url: string, initialWindowSize = 65_535): ClientHttp2Session {
  const session = connectHttp2(url, { ca: tls.cert, settings: { initialWindowSize } });
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

/** All that a socket gets until it is closed. */
async function received(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
const STATS = '/api/workflows/project/p/stats';

/** Begins a gRPC call with a request of one message, and leaves it open if it is not to end. */
function call(session: ClientHttp2Session, method: string, message?: Buffer) {
  const stream = session.request({
    ':method': 'POST',
    ':path': `/baton.v1.${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.on('error', () => {});
  if (message !== undefined) {
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([prefix, message]));
  }
  return stream;
}

async function goaway(session: ClientHttp2Session): Promise<{ code: number; reason: string }> {
  const [code, , data] = await once(session, 'goaway');
  return { code, reason: String(data ?? '') };
}

describe('connections', () => {
  it.each([false, true])(
    'above the limit are closed with the reason, with TLS: %s',
    async (isTls) => {
      const server = await startServer({ limits: { connections: 1 }, ...(isTls && { tls }) });
      const scheme = isTls ? 'https' : 'http';
      const one = http2(`${scheme}://${server.grpcAddress}`);
      await once(one, 'remoteSettings');
      const refused = await goaway(http2(`${scheme}://${server.grpcAddress}`));
      expect(refused).toEqual({
        code: constants.NGHTTP2_ENHANCE_YOUR_CALM,
        reason: 'the server has 1 connections, its limit',
      });
      const open = () =>
        isTls ? connectTls(server.httpPort, { ca: tls.cert }) : tcp(server.httpPort);
      const kept = open();
      await once(kept, isTls ? 'secureConnect' : 'connect');
      const answer = await received(open());
      expect(answer).toMatch(/^HTTP\/1\.1 503 /);
      expect(answer).toContain('retry-after: 1\r\n');
      expect(answer).toContain('the server has 1 connections, its limit');
      kept.destroy();
      await expect
        .poll(async () => {
          const next = open();
          next.write(GET('/healthz').replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'));
          return await received(next);
        })
        .toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  it('of one address leave room for others', async () => {
    const { httpPort } = await startServer({ limits: { connectionsPerAddress: 1 } });
    await once(tcp(httpPort), 'connect');
    expect(await received(tcp(httpPort))).toContain('1 connections of 127.0.0.1, its limit');
    const other = tcp(httpPort, '127.0.0.2');
    other.write(GET('/healthz'));
    expect(String((await once(other, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([
    ['gRPC', (port: number) => http2(`http://127.0.0.1:${port}`)],
    ['HTTP/1.1', (port: number) => tcp(port).resume()],
  ])('over %s without a request are closed in time', async (name, open) => {
    const server = await startServer({ limits: { idleSeconds: 1, requestSeconds: 1 } });
    await once(open(name === 'gRPC' ? server.grpcPort : server.httpPort), 'close');
  });

  it('over TLS that come together are all served', async () => {
    const { httpPort } = await startServer({ tls });
    const answers = Array.from({ length: 100 }, () => {
      const socket = connectTls(httpPort, { ca: tls.cert });
      onTestFinished(() => {
        socket.destroy();
      });
      socket.write(GET('/healthz'));
      return once(socket, 'data');
    });
    for (const [answer] of await Promise.all(answers)) {
      expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  it('over TLS that send nothing, or half of a request, are closed in time', async () => {
    const { httpPort } = await startServer({ tls, limits: { requestSeconds: 1 } });
    const silent = tcp(httpPort).resume();
    const half = connectTls(httpPort, { ca: tls.cert });
    half.write('GET /healthz HTTP/1.1\r\n');
    const [, answer] = await Promise.all([once(silent, 'close'), received(half)]);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('requests of one connection', () => {
  it('are processed in turn, and keep no other connection waiting', async () => {
    const stats = holdStats();
    const server = await startServer({ limits: { requestsPerConnection: 2 } }, stats.orchestrate);
    const greedy = connect(server.grpcAddress, undefined);
    const calls = Array.from({ length: 5 }, () =>
      greedy.call('getProjectStats', { projectId: 'p' }),
    );
    await stats.callers(2);
    const other = http2(`http://${server.grpcAddress}`);
    const call2 = call(other, 'WorkflowService/GetDefinition', Buffer.alloc(0));
    const [headers] = await once(call2.resume(), 'response');
    expect(headers[':status']).toBe(200);
    expect(stats.count()).toBe(2);
    stats.letGo();
    await Promise.all(calls);
    expect(stats.count()).toBe(5);
  });

  it('are as many at once as HTTP/2 is told', async () => {
    const limits: Limits = { streamsPerConnection: 7 };
    const server = await startServer({ tls, limits });
    for (const url of [server.httpUrl, `https://${server.grpcAddress}`]) {
      const [settings] = await once(http2(url), 'remoteSettings');
      expect(settings.maxConcurrentStreams).toBe(7);
    }
  });

  it('that are pipelined are worked on one after another', async () => {
    const stats = holdStats();
    const { httpPort, httpUrl } = await startServer({}, stats.orchestrate);
    const socket = tcp(httpPort);
    socket.write(GET(STATS).repeat(3));
    await stats.callers(1);
    // The server has read what was sent before it answers what came later.
    for (let i = 0; i < 10; i++) await fetch(`${httpUrl}/healthz`);
    expect(stats.count()).toBe(1);
    stats.letGo();
    await stats.callers(3);
  });

  it('that are pipelined above the limit are refused', async () => {
    const stats = holdStats();
    const { httpPort } = await startServer(
      { limits: { streamsPerConnection: 2 } },
      stats.orchestrate,
    );
    const socket = tcp(httpPort);
    socket.write(GET(STATS).repeat(3));
    await stats.callers(1);
    stats.letGo();
    const answers = await received(socket);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 200',
      'HTTP/1.1 503',
    ]);
    expect(answers).toContain('a connection may have 2 open requests');
  });

  it('that are pipelined after many others wait, unread', async () => {
    const stats = holdStats();
    const { httpPort } = await startServer(
      { limits: { streamsPerConnection: 20 } },
      stats.orchestrate,
    );
    const socket = tcp(httpPort);
    socket.write(GET(STATS).repeat(16));
    await stats.callers(1);
    const last = GET(STATS).replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n');
    socket.write(GET(STATS).repeat(9) + last);
    // Long enough for the server to read them.
    await sleep(100);
    stats.letGo();
    const answers = await received(socket);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(Array(26).fill('HTTP/1.1 200'));
  });

  it('are not begun once it is closed', async () => {
    const stats = holdStats();
    const limits: Limits = { requestsPerConnection: 1 };
    const { httpPort, httpUrl } = await startServer({ limits }, stats.orchestrate);
    const socket = tcp(httpPort);
    socket.write(GET(STATS).repeat(5));
    await stats.callers(1);
    socket.destroy();
    // The server has seen the end of the one when it has answered the other.
    for (let i = 0; i < 10; i++) await fetch(`${httpUrl}/healthz`);
    expect(stats.count()).toBe(1);
    stats.letGo();
  });

  it('that come with too many PING or SETTINGS frames close it with the reason', async () => {
    const server = await startServer({ tls });
    const ping = frame(FRAME.ping, 0, 0, Buffer.alloc(8));
    for (const port of [server.httpPort, server.grpcPort]) {
      for (const control of [ping, settings()]) {
        const socket = connectTls({ port, ca: tls.cert, ALPNProtocols: ['h2'] });
        socket.on('error', () => {});
        let got = Buffer.alloc(0);
        socket.on('data', (chunk) => {
          got = Buffer.concat([got, chunk]);
        });
        socket.write(Buffer.concat([PREFACE, settings()]));
        // More at once than are answered would be too many for Node.
        for (let sent = 500; sent <= 50_000 && goawayIn(got) === undefined; sent += 500) {
          socket.write(Buffer.concat(Array(500).fill(control)));
          const isAnswered = () =>
            got.length >= sent * control.length || goawayIn(got) !== undefined;
          await expect.poll(isAnswered, { interval: 1 }).toBe(true);
        }
        expect(goawayIn(got)?.reason).toBe('more than 10000 PING and SETTINGS frames a second');
      }
    }
  });

  it('of which HTTP/2 refuses too many close it with the reason', async () => {
    const server = await startServer({ tls });
    for (const port of [server.httpPort, server.grpcPort]) {
      const socket = connectTls({ port, ca: tls.cert, ALPNProtocols: ['h2'] });
      socket.on('error', () => {});
      socket.write(Buffer.concat([PREFACE, settings()]));
      let got = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        got = Buffer.concat([got, chunk]);
      });
      // Never ended, and never said that the server's settings are known.
      for (let stream = 1; stream < 4000; stream += 2) {
        socket.write(grpcHeaders(stream, 'WorkflowService/GetDefinition'));
      }
      await expect
        .poll(() => goawayIn(got))
        .toEqual({
          code: constants.NGHTTP2_ENHANCE_YOUR_CALM,
          reason: 'Too many invalid HTTP/2 frames',
        });
      socket.destroy();
    }
  });

  it('that are taken back again and again close it', async () => {
    const server = await startServer({ tls });
    for (const port of [server.httpPort, server.grpcPort]) {
      const socket = connectTls({ port, ca: tls.cert, ALPNProtocols: ['h2'] });
      socket.on('error', () => {});
      socket.write(Buffer.concat([PREFACE, settings()]));
      let got = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        got = Buffer.concat([got, chunk]);
      });
      for (let stream = 1; stream < 600; stream += 2) {
        const method = 'WorkflowService/GetDefinition';
        socket.write(Buffer.concat([grpcHeaders(stream, method), reset(stream)]));
      }
      await expect
        .poll(() => goawayIn(got))
        .toEqual({
          code: constants.NGHTTP2_ENHANCE_YOUR_CALM,
          reason: 'more than 100 requests a second were taken back or refused',
        });
      socket.destroy();
    }
  });
});

describe('requests of all connections', () => {
  it('above the limit are taken from the connection where most wait', async () => {
    const stats = holdStats();
    const limits: Limits = { requests: 3, requestsPerConnection: 1 };
    const server = await startServer({ limits }, stats.orchestrate);
    const [greedy, modest] = [
      http2(`http://${server.grpcAddress}`),
      http2(`http://${server.grpcAddress}`),
    ];
    const asked = Array.from({ length: 3 }, () => {
      return call(greedy, 'WorkflowService/GetProjectStats', Buffer.from([0x0a, 1, 0x70]));
    });
    await stats.callers(1);
    const shed = once((asked[2] as (typeof asked)[0]).resume(), 'response');
    const served = call(modest, 'WorkflowService/GetProjectStats', Buffer.from([0x0a, 1, 0x70]));
    const [headers] = await shed;
    expect(headers['grpc-status']).toBe(String(RESOURCE_EXHAUSTED));
    expect(decodeURIComponent(headers['grpc-message'])).toBe(
      'the server has 3 requests under way, its limit',
    );
    stats.letGo();
    const [trailers] = await once(served.resume(), 'trailers');
    expect(trailers['grpc-status']).toBe('0');
  });
});

describe('watches', () => {
  it.each([
    ['of one connection', { watchesPerConnection: 1 }, 'a connection may have 1 open streams'],
    ['of all', { watches: 1 }, 'the server has 1 open streams, its limit'],
  ])('%s above the limit are refused', async (_, limits, reason) => {
    const server = await startServer({ limits });
    const { workflowId } = await server.orchestrator.start({ ...aBuild, buildId: 'b' });
    const client = connect(server.grpcAddress);
    const first = client.watch({ workflowId });
    first.on('error', () => {});
    await once(first, 'data');
    const [error] = await once(client.watch({ workflowId }), 'error');
    expect(error).toMatchObject({
      code: RESOURCE_EXHAUSTED,
      details: expect.stringContaining(reason),
    });
    first.cancel();
  });
});

describe('a request that does not arrive', () => {
  it('is ended over gRPC, and the connection goes on', async () => {
    const server = await startServer({ limits: { requestSeconds: 1 } });
    const session = http2(`http://${server.grpcAddress}`);
    const [headers] = await once(
      call(session, 'WorkflowService/GetDefinition').resume(),
      'response',
    );
    expect(headers['grpc-status']).toBe(String(RESOURCE_EXHAUSTED));
    expect(decodeURIComponent(headers['grpc-message'])).toBe(
      'the request was not whole within 1 s',
    );
    expect(session.destroyed).toBe(false);
  });

  it.each([false, true])('is ended over HTTP/1.1, with TLS: %s', async (isTls) => {
    const server = await startServer({ limits: { requestSeconds: 1 }, ...(isTls && { tls }) });
    const socket = isTls ? connectTls(server.httpPort, { ca: tls.cert }) : tcp(server.httpPort);
    const head = 'POST /api/workflows/p/start HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n';
    socket.write(`${head}content-type: application/json\r\n\r\n{`);
    expect(await received(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });
});

/** A server of a large assignment, and the request for it. */
async function large(limits: Limits, bytes: number) {
  const server = await startServer({ tls, limits });
  const requirements = { text: 'x'.repeat(bytes) };
  const { workflowId } = await server.orchestrator.start({ ...aBuild, buildId: 'b', requirements });
  const field = (number: number, value: string) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), Buffer.from(value)]);
  const lease = Buffer.from([0x22, 4, 0x08, 0x80, 0xa3, 0x05]);
  const texts = [field(1, workflowId), field(2, 'w'), field(3, 'q_assistant'), field(5, 'token')];
  return { server, claim: Buffer.concat([...texts, lease]) };
}

describe('replies that are not read', () => {
  const CLAIM = 'AssignmentService/ClaimAssignment';

  it('are cut off in time, on both ports', async () => {
    const { server, claim } = await large({ replySeconds: 1 }, 100_000);
    for (const url of [server.httpUrl, `https://${server.grpcAddress}`]) {
      const session = http2(url, 0);
      await once(session, 'remoteSettings');
      const stream = call(session, CLAIM, claim);
      await new Promise<void>((resolve) => stream.once('close', resolve));
      expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      expect(session.destroyed).toBe(false);
    }
  });

  it('keep what their connection asks next from being answered, not others', async () => {
    // Less than 32 replies, which a connection may have under way, and more than what it may not read.
    const { server, claim } = await large({ heldBytes: 24_000_000 }, 2_000_000);
    for (const url of [server.httpUrl, `https://${server.grpcAddress}`]) {
      const session = http2(url, 0);
      await once(session, 'remoteSettings');
      for (let i = 0; i < 100; i++) call(session, CLAIM, claim);
      await sleep(1500);
      let bytes = 0;
      for await (const chunk of call(http2(url), CLAIM, claim)) bytes += chunk.length;
      expect(bytes).toBeGreaterThan(2_000_000);
      expect(session.destroyed).toBe(false);
      session.destroy();
    }
  });

  it('above the limit of all close the connection with the most', async () => {
    const { server, claim } = await large({ heldBytes: 1_000_000 }, 2_000_000);
    const [worst, small] = [
      http2(`https://${server.grpcAddress}`, 0),
      http2(`https://${server.grpcAddress}`, 0),
    ];
    call(small, 'WorkflowService/GetDefinition', Buffer.alloc(0));
    const closed = goaway(worst);
    call(worst, CLAIM, claim);
    expect(await closed).toEqual({
      code: constants.NGHTTP2_ENHANCE_YOUR_CALM,
      reason: 'the server holds 1000000 bytes, its limit, and the most for this connection',
    });
    expect(small.destroyed).toBe(false);
  });
});
