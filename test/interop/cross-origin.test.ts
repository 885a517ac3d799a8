import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { aBuild, startServer } from './start-server.ts';

const app = 'https://app.example';
const rpc = '/baton.v1.WorkflowService/GetDefinition';
const json = { 'content-type': 'application/json' };

/** A request with any Host and Origin, which fetch would not send. */
async function send(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
) {
  const call = request({ host: '127.0.0.1', port, path, method, headers });
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

const preflight = { origin: app, 'access-control-request-method': 'POST' };

describe('pages of other origins', () => {
  it.each([rpc, '/api/workflows/shop/start'])(
    'may call %s where they are welcome',
    async (path) => {
      const { httpPort } = await startServer({ corsOrigins: [app] });
      const asked = await send(httpPort, 'OPTIONS', path, preflight);
      expect(asked).toMatchObject({
        status: 204,
        headers: {
          'access-control-allow-origin': app,
          'access-control-allow-methods': expect.stringContaining('POST'),
          vary: 'Origin',
        },
      });
      const allowed = String(asked.headers['access-control-allow-headers']).toLowerCase();
      for (const name of ['connect-protocol-version', 'x-grpc-web', 'idempotency-key']) {
        expect(allowed).toContain(name);
      }
      const body =
        path === rpc ? '{}' : JSON.stringify({ ...aBuild, projectId: undefined, buildId: 'b' });
      const called = await send(httpPort, 'POST', path, { ...json, origin: app }, body);
      expect(called).toMatchObject({
        status: 200,
        headers: { 'access-control-allow-origin': app },
      });
      expect(called.headers['access-control-expose-headers']).toMatch(/grpc-status/i);
    },
  );

  it('may call /mcp with the headers of the protocol', async () => {
    const { httpPort } = await startServer({ corsOrigins: [app] });
    const asked = await send(httpPort, 'OPTIONS', '/mcp', preflight);
    const allowed = String(asked.headers['access-control-allow-headers']).toLowerCase();
    for (const name of ['mcp-protocol-version', 'mcp-method', 'mcp-name']) {
      expect(allowed).toContain(name);
    }
  });

  it('get no permission unless they are named', async () => {
    for (const corsOrigins of [[], ['https://other.example'], ['http://app.example']]) {
      const { httpPort } = await startServer({ corsOrigins });
      const asked = await send(httpPort, 'OPTIONS', rpc, preflight);
      expect(asked.headers['access-control-allow-origin']).toBeUndefined();
      expect(asked.status).toBe(403);
    }
    const { httpPort } = await startServer({ corsOrigins: ['*'] });
    expect(await send(httpPort, 'OPTIONS', rpc, preflight)).toMatchObject({ status: 204 });
  });
});

describe('a server on loopback', () => {
  it.each([
    'localhost',
    'LOCALHOST:7481',
    'app.localhost',
    '127.0.0.1',
    '127.1.2.3:80',
    '[::1]:7481',
  ])('is called %s', async (host) => {
    const { httpPort } = await startServer();
    expect((await send(httpPort, 'GET', '/healthz', { host })).status).toBe(200);
  });

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:7481', '10.0.0.1'])(
    'is not called %s, whatever DNS says',
    async (host) => {
      const { httpPort } = await startServer();
      for (const path of ['/healthz', '/api/workflows', rpc]) {
        expect(await send(httpPort, 'POST', path, { ...json, host }, '{}')).toMatchObject({
          status: 403,
          headers: { 'content-type': 'application/problem+json' },
        });
      }
    },
  );

  it('is also called what it is told', async () => {
    const { httpPort } = await startServer({ allowedHosts: ['Baton.internal'] });
    const host = 'baton.internal:443';
    const origin = 'https://baton.internal';
    expect((await send(httpPort, 'GET', '/healthz', { host, origin })).status).toBe(200);
  });

  it('does nothing for pages of foreign origins', async () => {
    const { httpPort, orchestrator } = await startServer();
    for (const origin of [app, 'null', 'https://localhost.evil.example']) {
      const start = JSON.stringify({ ...aBuild, projectId: undefined, buildId: 'b' });
      const path = '/api/workflows/shop/start';
      expect((await send(httpPort, 'POST', path, { ...json, origin }, start)).status).toBe(403);
    }
    expect((await orchestrator.list({})).workflows).toEqual([]);
    const origin = 'http://localhost:3000';
    expect((await send(httpPort, 'GET', '/healthz', { origin })).status).toBe(200);
  });
});
