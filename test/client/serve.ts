import { type ClientOptions, createBatonClient } from '@baton/client';
import { createMemoryStore, createOrchestrator, type Orchestrator } from '@baton/core';
import { createServer } from '@baton/server';
import { onTestFinished } from 'vitest';

export const aBuild = { projectId: 'shop', buildId: 'b1', userId: 'ada', requirements: {} };

/** A server and a client of it, both gone when the test is over. */
export async function serve(
  options: ClientOptions = {},
  wrap: (orchestrator: Orchestrator) => Orchestrator = (orchestrator) => orchestrator,
) {
  const orchestrator = wrap(createOrchestrator({ store: createMemoryStore() }));
  const server = await createServer({ orchestrator, grpcPort: 0, httpPort: 0, drainSeconds: 1 });
  onTestFinished(() => server.stop());
  const port = options.protocol === 'grpc' ? server.grpcPort : server.httpPort;
  const client = createBatonClient({ baseUrl: `http://127.0.0.1:${port}`, ...options });
  onTestFinished(() => client.close());
  return { orchestrator, server, client };
}
