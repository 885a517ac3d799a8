import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { HttpError } from './answer.ts';
import { createConsoleRoute } from './console-route.ts';

/** A built console of a page and a script, and a file beside it that is not the console's. */
async function setUp() {
  const root = mkdtempSync(join(tmpdir(), 'baton-console-'));
  const folder = join(root, 'console');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(root, 'secret.html'), 'secret');
  writeFileSync(join(folder, 'index.html'), 'the page');
  writeFileSync(join(folder, 'assets/app-1.js'), 'the script');
  writeFileSync(join(folder, 'assets/app-1.js.br'), 'by brotli');
  writeFileSync(join(folder, 'assets/app-1.js.gz'), 'by gzip');
  return { url: await serve(folder, () => rmSync(root, { recursive: true })) };
}

async function serve(folder: string | undefined, clean: () => void = () => {}): Promise<string> {
  const route = createConsoleRoute(folder);
  const server = createServer((request, response) => {
    try {
      if (route(request, response, (request.url ?? '').split('?')[0] ?? '')) return;
      response.writeHead(418).end();
    } catch (reason) {
      if (!(reason instanceof HttpError)) throw reason;
      response.writeHead(reason.status, reason.headers).end(reason.message);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    clean();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As it is sent: fetch tidies paths up and decodes what comes. */
function ask(url: string, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { hostname, port } = new URL(url);
  return new Promise<{ status?: number; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const sent = request({ hostname, port, path, method, headers }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
      sent.on('error', reject).end();
    },
  );
}

it('serves the page for each path that is no file, under a policy of its own origin', async () => {
  const { url } = await setUp();
  for (const path of ['/console/', '/console/builds/wf_1/logs?artifact=2']) {
    const { status, body, headers } = await ask(url, path);
    expect([status, body]).toEqual([200, 'the page']);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'; script-src 'self'"),
    });
  }
  expect(await ask(url, '/console')).toMatchObject({
    status: 308,
    headers: { location: '/console/' },
  });
  expect(await ask(url, '/consoles')).toMatchObject({ status: 418 });
});

it.each([
  ['gzip, deflate, br', 'br', 'by brotli'],
  ['gzip', 'gzip', 'by gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip', 'by gzip'],
  ['', undefined, 'the script'],
])('sends a script to a caller that takes %j as %s', async (accepted, encoding, content) => {
  const { url } = await setUp();
  const { headers, body } = await ask(url, '/console/assets/app-1.js', {
    'accept-encoding': accepted,
  });
  expect([headers['content-encoding'], body]).toEqual([encoding, content]);
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
});

it('says that what a caller has is still right', async () => {
  const { url } = await setUp();
  const { headers } = await ask(url, '/console/');
  const again = await ask(url, '/console/', { 'if-none-match': String(headers['etag']) });
  expect([again.status, again.body]).toEqual([304, '']);
});

it.each(['/console/../secret.html', '/console/%2e%2e/secret.html', '/console/..%2fsecret.html'])(
  'does not lead out of its folder: %s',
  async (path) => {
    const { url } = await setUp();
    expect((await ask(url, path)).body).toBe('the page');
  },
);

it('refuses scripts that it does not have, other methods, and all where it was not built', async () => {
  const { url } = await setUp();
  expect(await ask(url, '/console/assets/app-0.js')).toMatchObject({ status: 404 });
  expect(await ask(url, '/console/', {}, 'POST')).toMatchObject({
    status: 405,
    headers: { allow: expect.stringContaining('GET') },
  });
  expect(await ask(url, '/console/', {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
});
