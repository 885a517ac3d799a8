import { describe, expect, it, onTestFinished } from 'vitest';
import { type Health, startHealthServer } from './health-server.ts';

async function setUp() {
  let state: Health = 'running';
  const server = await startHealthServer({ port: 0 }, () => state);
  onTestFinished(() => server.close());
  return {
    server,
    becomes(next: Health) {
      state = next;
    },
    async ask(path: string, method = 'GET') {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
      const { status, headers } = response;
      return { status, headers, body: await response.json().catch(() => undefined) };
    },
  };
}

describe('the health of a worker', () => {
  it.each<[Health, number, string]>([
    ['running', 200, 'SERVING'],
    ['away', 503, 'NOT_SERVING'],
    ['draining', 503, 'NOT_SERVING'],
    ['stopped', 503, 'NOT_SERVING'],
  ])('is ready while it takes work, and alive all the time: %s', async (state, code, status) => {
    const { becomes, ask } = await setUp();
    becomes(state);
    const ready = await ask('/health/ready?from=a-probe');
    expect([ready.status, ready.body]).toEqual([code, { status, state }]);
    expect(ready.headers.get('cache-control')).toBe('no-store');
    const live = await ask('/health/live');
    expect([live.status, live.body]).toEqual([200, { status: 'SERVING', state }]);
  });

  it('is told to GET and HEAD, at its two paths', async () => {
    const { ask } = await setUp();
    expect((await ask('/health/ready', 'HEAD')).status).toBe(200);
    const posted = await ask('/health/live', 'POST');
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const other = await ask('/');
    expect([other.status, other.body]).toEqual([
      404,
      { detail: 'expected /health/live or /health/ready' },
    ]);
  });

  it('is refused a port that is taken', async () => {
    const { server } = await setUp();
    await expect(startHealthServer({ port: server.port }, () => 'running')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        `health cannot be served on 127.0.0.1:${server.port}: .*; name another port, or 0`,
      ),
    });
  });
});
