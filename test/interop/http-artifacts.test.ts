import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createLog } from '@baton/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ArtifactServer, startArtifactServer } from './artifact-fixture.ts';
import { makeCertificate } from './certificate.ts';
import { startServer } from './start-server.ts';

const TEXT = '0123456789';

/** A server that keeps `content`, and its routes. */
async function serving(
  content: string | Uint8Array,
  meta: Parameters<ArtifactServer['keep']>[1] = {},
) {
  const server = await startArtifactServer();
  await server.keep(content, meta);
  const all = `${server.httpUrl}/api/workflows/${server.workflowId}/artifacts`;
  const path = `${all}/1/content`;
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(path, { headers, method });
  return { ...server, all, path, get };
}

describe('artifacts over HTTP', () => {
  it('are listed and looked at as JSON', async () => {
    const { all, workflowId } = await serving(TEXT);
    const listed = await jsonOf(fetch(`${all}?kind=output&pageSize=1`));
    expect(listed).toMatchObject({
      artifacts: [{ workflowId, number: 1, kind: 'output', size: '10', truncated: false }],
    });
    const { artifact } = await jsonOf(fetch(`${all}/1`));
    expect(artifact).toEqual(listed.artifacts[0]);
  });

  it('are counted in the plan of a rollback, as far as anything rests on them', async () => {
    const server = await startArtifactServer();
    const { workflowId, artifacts } = server;
    await server.keep('a', { state: 'discovery', attempt: 1, kind: 'transcript' });
    await artifacts.supersede(workflowId, {
      ...{ state: 'discovery', epoch: 1, attempt: 2, accepted: [] },
    });
    await server.keep('b', { state: 'discovery', attempt: 2, kind: 'transcript' });
    await server.keep('c', { state: 'discovery', attempt: 2, kind: 'diff' });
    await server.keep('d', { state: 'testing' });
    const path = `/api/workflows/${workflowId}/rollback-plan?targetState=discovery`;
    const { plan } = await jsonOf(fetch(server.httpUrl + path));
    expect(plan.artifacts).toEqual({ byKind: { transcript: 1, diff: 1 } });
  });

  it('are not there on a server without a store for them, and it says so', async () => {
    const { httpUrl } = await startServer();
    for (const path of ['artifacts', 'artifacts/1', 'artifacts/1/content']) {
      const response = await fetch(`${httpUrl}/api/workflows/wf_1/${path}`);
      expect(response.status).toBe(409);
      const { detail } = await jsonOf(response);
      expect(detail).toBe(
        'this server was given no store of artifacts; start it with ARTIFACTS_URL',
      );
    }
  });
});

describe('the content of an artifact over HTTP', () => {
  it('comes whole, with its type, its length and its digest', async () => {
    const content = randomBytes(3_000_000);
    const { get, artifacts, workflowId } = await serving(content, {
      mediaType: 'application/jsonl',
      name: 'Ada\'s "test": 100 % größer',
    });
    const response = await get();
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
    const [artifact] = await artifacts.list({ workflowId, after: 0, limit: 1 });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/jsonl',
      'content-length': '3000000',
      'accept-ranges': 'bytes',
      etag: `"${artifact?.digest}"`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition':
        'attachment; filename="artifact-1"; filename*=UTF-8\'\'Ada%27s%20%22test%22%3A%20100%20%25%20gr%C3%B6%C3%9Fer',
    });
  });

  it.each([
    ['text/plain', 'text/plain; charset=utf-8'],
    ['text/x-diff', 'text/x-diff; charset=utf-8'],
    ['text/html', 'text/plain; charset=utf-8'],
    ['text/HTML; charset=utf-16', 'text/plain; charset=utf-8'],
    ['image/svg+xml', 'text/plain; charset=utf-8'],
    ['application/xml', 'text/plain; charset=utf-8'],
    ['application/xhtml+xml', 'text/plain; charset=utf-8'],
    ['text/javascript', 'text/plain; charset=utf-8'],
    ['application/json', 'application/json'],
  ])('of the type %s is sent as %s', async (mediaType, sent) => {
    const { get } = await serving('<script>alert(1)</script>', { mediaType });
    expect((await get()).headers.get('content-type')).toBe(sent);
  });

  it.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=5-99', '56789', 'bytes 5-9/10'],
    ['bytes=-99', TEXT, 'bytes 0-9/10'],
    ['bytes=5-18446744073709551615', '56789', 'bytes 5-9/10'],
    [`bytes=-${'9'.repeat(40)}`, TEXT, 'bytes 0-9/10'],
  ])('comes in part for the range %s', async (range, text, contentRange) => {
    const { get } = await serving(TEXT);
    const response = await get({ range });
    expect(response.status).toBe(206);
    expect(await response.text()).toBe(text);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(response.headers.get('content-length')).toBe(String(text.length));
  });

  it.each(['bytes=10-', 'bytes=20-30', 'bytes=18446744073709551615-', 'bytes=-0'])(
    'has nothing in the range %s',
    async (range) => {
      const { get } = await serving(TEXT);
      const response = await get({ range });
      expect(response.status).toBe(416);
      expect(response.headers.get('content-range')).toBe('bytes */10');
      expect((await jsonOf(response)).detail).toBe(
        `the content has 10 bytes, found the range '${range}'`,
      );
    },
  );

  it.each(['bytes=0-1,4-5', 'lines=1-2', 'bytes=b-a', 'bytes=4-2', 'bytes=-', 'nonsense'])(
    'comes whole for the range %s, which is none that it serves',
    async (range) => {
      const response = await (await serving(TEXT)).get({ range });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(TEXT);
    },
  );

  it('does not come again to who has it, and whole to who has a part of another', async () => {
    const { get } = await serving(TEXT);
    const etag = (await get()).headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await get({ 'if-none-match': known });
      expect(response.status).toBe(304);
      expect(await response.text()).toBe('');
      expect(response.headers.get('etag')).toBe(etag);
    }
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200);
    const range = 'bytes=2-4';
    expect((await get({ range, 'if-range': etag })).status).toBe(206);
    expect((await get({ range, 'if-range': '"other"' })).status).toBe(200);
    expect((await get({ range, 'if-range': `W/${etag}` })).status).toBe(200);
  });

  it('is told without being sent to a HEAD', async () => {
    const { get } = await serving(TEXT);
    const response = await get({ range: 'bytes=2-4' }, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('10');
    expect(await response.text()).toBe('');
    expect((await get({}, 'PUT')).headers.get('allow')).toBe('GET, HEAD');
  });

  it('may be empty', async () => {
    const { get } = await serving('');
    const response = await get();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('0');
    expect(await response.text()).toBe('');
    expect((await get({ range: 'bytes=0-' })).status).toBe(416);
  });

  it('is refused where there is none, and where it was damaged, before anything is sent', async () => {
    const { all, get, path, folder } = await serving(TEXT);
    expect((await fetch(`${all}/2/content`)).status).toBe(404);
    const wrong = await fetch(`${all}/first/content`);
    expect(wrong.status).toBe(400);
    expect((await jsonOf(wrong)).violations[0].field).toBe('number');
    const query = await fetch(`${path}?fromByte=2`);
    expect((await jsonOf(query)).violations).toEqual([
      { field: 'fromByte', description: 'expected in the header Range, found in the query' },
    ]);
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (/[0-9a-f]{64}/.test(name)) writeFileSync(join(folder, name), '13 passed');
    }
    const damaged = await get();
    expect(damaged.status).toBe(500);
    expect((await jsonOf(damaged)).code).toBe('data_loss');
  });

  it('comes over HTTP/2 as well', async () => {
    const tls = makeCertificate();
    const { httpUrl, keep, workflowId } = await startArtifactServer({ tls });
    const content = randomBytes(500_000);
    await keep(content);
    const session = connectHttp2(httpUrl, { ca: tls.cert });
    onTestFinished(() => session.destroy());
    const stream = session.request({
      ':path': `/api/workflows/${workflowId}/artifacts/1/content`,
      range: 'bytes=1000-400000',
    });
    const [headers] = await once(stream, 'response');
    expect(headers[':status']).toBe(206);
    expect((await buffer(stream)).equals(content.subarray(1000, 400_001))).toBe(true);
  });

  describe.each([
    ['HTTP/1.1', undefined],
    ['HTTP/2', makeCertificate()],
  ])('over %s', (_, tls) => {
    it('does not look whole when it breaks off', async () => {
      const { artifacts, keep, workflowId } = await startArtifactServer();
      await keep(randomBytes(500_000));
      const lines: string[] = [];
      const { httpUrl } = await startServer({
        ...{ tls, log: createLog({ level: 'warn', write: (line) => lines.push(line) }) },
        artifacts: {
          list: artifacts.list,
          async *read(ref, range) {
            for await (const piece of artifacts.read(ref, range)) {
              yield piece;
              throw new Error('the disk is gone');
            }
          },
        },
      });
      const path = `/api/workflows/${workflowId}/artifacts/1/content`;
      const reading =
        tls === undefined
          ? fetch(httpUrl + path).then((response) => response.arrayBuffer())
          : overHttp2(httpUrl, tls.cert, path);
      await expect(reading).rejects.toThrow();
      expect(lines.join('')).toContain('the disk is gone');
    });
  });
});

// biome-ignore lint/suspicious/noExplicitAny: as a scripting language has it
async function jsonOf(response: Response | Promise<Response>): Promise<any> {
  return (await response).json();
}

function overHttp2(httpUrl: string, ca: string, path: string): Promise<Buffer> {
  const session = connectHttp2(httpUrl, { ca });
  onTestFinished(() => session.destroy());
  return buffer(session.request({ ':path': path }));
}
