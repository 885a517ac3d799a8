import { createMemoryStore, createOrchestrator, type Orchestrator } from '@baton/core';
import { type BatonServer, createLog, createServer, type ServerOptions } from '@baton/server';
import { onTestFinished } from 'vitest';

export interface TestServer extends BatonServer {
  readonly grpcAddress: string;
  readonly httpUrl: string;
  readonly orchestrator: Orchestrator;
}

/**
 * A server on free ports, stopped when the test is over. Its store and its orchestrator are real, if
 * none is given.
 */
export async function startServer(
  options: Partial<ServerOptions> = {},
  wrap: (orchestrator: Orchestrator) => Orchestrator = (orchestrator) => orchestrator,
): Promise<TestServer> {
  const orchestrator = wrap(
    options.orchestrator ?? createOrchestrator({ store: await createMemoryStore() }),
  );
  const server = await createServer({
    grpcPort: 0,
    httpPort: 0,
    drainSeconds: 1,
    log: createLog({ level: 'silent' }),
    ...options,
    orchestrator,
  });
  onTestFinished(() => server.stop());
  const scheme = options.tls === undefined ? 'http' : 'https';
  return {
    ...server,
    orchestrator,
    grpcAddress: `${server.host}:${server.grpcPort}`,
    httpUrl: `${scheme}://${server.host}:${server.httpPort}`,
  };
}

export const aBuild = {
  projectId: 'shop',
  userId: 'ada',
  requirements: { request: 'Build me a dark mode feature' },
};
