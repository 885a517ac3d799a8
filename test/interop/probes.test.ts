import { createMemoryStore, createOrchestrator } from '@baton/core';
import { expect, it } from 'vitest';
import { createHealthClient } from './health-client.ts';
import { startServer } from './start-server.ts';

async function probe(httpUrl: string, path: string, method = 'GET') {
  const response = await fetch(`${httpUrl}${path}`, { method });
  return { status: response.status, body: await response.json().catch(() => undefined) };
}

/** An orchestrator over a store whose connection can be cut. */
async function overFragileStore() {
  const store = await createMemoryStore();
  let isUp = true;
  const fragile: typeof store = {
    ...store,
    listClaimable: (query) =>
      isUp ? store.listClaimable(query) : Promise.reject(new Error('10.0.0.7: refused')),
  };
  const cut = () => {
    isUp = false;
  };
  return { orchestrator: createOrchestrator({ store: fragile }), cut };
}

it('is alive and ready, on both ports', async () => {
  const { httpUrl, grpcAddress } = await startServer();
  expect(await probe(httpUrl, '/livez')).toEqual({ status: 200, body: { status: 'ALIVE' } });
  expect(await probe(httpUrl, '/readyz')).toEqual({ status: 200, body: { status: 'READY' } });
  expect(await probe(httpUrl, '/readyz', 'HEAD')).toMatchObject({ status: 200 });
  expect(await createHealthClient(grpcAddress).check()).toBe('SERVING');
  const posted = await probe(httpUrl, '/readyz', 'POST');
  expect(posted).toMatchObject({ status: 405, body: { status: 405 } });
});

it('is alive and not ready while its store cannot be reached, and says no more of the store', async () => {
  const { orchestrator, cut } = await overFragileStore();
  const { httpUrl, grpcAddress } = await startServer({ orchestrator });
  cut();
  // Over gRPC first: it may not have to hear of it from a probe over HTTP.
  expect(await createHealthClient(grpcAddress).check()).toBe('NOT_SERVING');
  const ready = await probe(httpUrl, '/readyz');
  expect(ready).toEqual({
    status: 503,
    body: { status: 'NOT_READY', reason: 'store_unreachable' },
  });
  expect(await probe(httpUrl, '/livez')).toMatchObject({ status: 200 });
  expect(await probe(httpUrl, '/healthz')).toEqual({ status: 200, body: { status: 'SERVING' } });
});

it('is alive and not ready once it is retired', async () => {
  const { httpUrl, retire } = await startServer();
  retire();
  expect(await probe(httpUrl, '/readyz')).toEqual({
    status: 503,
    body: { status: 'NOT_READY', reason: 'stopping' },
  });
  expect(await probe(httpUrl, '/livez')).toMatchObject({ status: 200 });
});
