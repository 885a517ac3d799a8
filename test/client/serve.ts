import { type ClientOptions, createBatonClient } from '@baton/client';
import type { Orchestrator } from '@baton/core';
import { onTestFinished } from 'vitest';
import { startServer } from '../interop/start-server.ts';

export const aBuild = { projectId: 'shop', buildId: 'b1', userId: 'ada', requirements: {} };

/** A server and a client of it, both gone when the test is over. */
export async function serve(
  options: ClientOptions = {},
  wrap?: (orchestrator: Orchestrator) => Orchestrator,
) {
  const server = await startServer({}, wrap);
  const port = options.protocol === 'grpc' ? server.grpcPort : server.httpPort;
  const client = createBatonClient({ baseUrl: `http://127.0.0.1:${port}`, ...options });
  onTestFinished(() => client.close());
  return { orchestrator: server.orchestrator, server, client };
}
