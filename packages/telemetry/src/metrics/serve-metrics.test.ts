import { expect, it, onTestFinished } from 'vitest';
import { createMetrics } from './create-metrics.ts';
import { serveMetrics } from './serve-metrics.ts';

async function setUp() {
  const metrics = createMetrics();
  const server = await serveMetrics(metrics, { port: 0 });
  onTestFinished(async () => {
    metrics.stop();
    await server.close();
  });
  return server;
}

it('serves what there is to GET and HEAD', async () => {
  const { url } = await setUp();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const response = await fetch(url);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await response.text()).toContain('# TYPE process_cpu_seconds_total counter');
  expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
});

it('serves nothing else', async () => {
  const { url } = await setUp();
  const posted = await fetch(url, { method: 'POST' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404);
});

it('says what cannot be read, and goes on', async () => {
  let isBroken = true;
  const scrape = async () => {
    if (isBroken) throw new Error('broken');
    return '';
  };
  const { url, close } = await serveMetrics({ scrape, contentType: 'text/plain' }, { port: 0 });
  onTestFinished(close);
  expect((await fetch(url)).status).toBe(500);
  isBroken = false;
  expect((await fetch(url)).status).toBe(200);
});

it('is refused a port that is taken', async () => {
  const { url } = await setUp();
  const { port } = new URL(url);
  await expect(serveMetrics(createMetrics(), { port: Number(port) })).rejects.toThrow(
    `metrics cannot be served on 127.0.0.1:${port}: `,
  );
});
