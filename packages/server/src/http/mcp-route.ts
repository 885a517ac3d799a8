import type { Orchestrator } from '@baton/core';
import type { McpArtifacts, McpHttpHandler } from '@baton/mcp';
import type { Log } from '../log.ts';
import { HttpError, type HttpRequest, type HttpResponse, sendProblem } from './answer.ts';
import { isLoopback } from './origin-guard.ts';

export interface McpRouteOptions {
  readonly orchestrator: Orchestrator;
  readonly artifacts: McpArtifacts | undefined;
  /** The address that is listened on. */
  readonly host: string;
  readonly log: Log;
}

/** MCP on `/mcp`. */
export interface McpRoute {
  /** Returns whether the request was for it. @throws HttpError 403 for a server beyond loopback. */
  serves(request: HttpRequest, response: HttpResponse): boolean;
  /** Ends the waits of clients, so that the calls under way are answered soon. */
  endWaits(): void;
}

const PATH = '/mcp';

/** Serves the operations to MCP clients, on loopback alone: callers are not authenticated. */
export function createMcpRoute({ orchestrator, artifacts, host, log }: McpRouteOptions): McpRoute {
  let loading: Promise<McpHttpHandler> | undefined;
  const ending = new AbortController();

  /** Loaded at the first call: most servers have none. */
  async function load(): Promise<McpHttpHandler> {
    const { createBatonMcp, createClaimDesk, createMcpHttpHandler, createProjectStarter } =
      await import('@baton/mcp');
    const mcp = createBatonMcp({
      operations: orchestrator,
      startBuild: createProjectStarter(orchestrator),
      desk: createClaimDesk(orchestrator),
      artifacts,
      ending: ending.signal,
    });
    return createMcpHttpHandler(mcp, ({ message }) => log.debug('MCP', { message }));
  }

  return {
    serves(request, response) {
      if (request.url?.split('?', 1)[0] !== PATH) return false;
      if (!isLoopback(host)) {
        const why = 'callers are not authenticated';
        throw new HttpError(403, `${PATH} is served on loopback alone, because ${why}`);
      }
      loading ??= load();
      loading
        .then((handler) => handler.handle(request as never, response as never))
        .catch((reason) => {
          if (response.headersSent) response.end();
          else sendProblem(request, response, reason, log);
        });
      return true;
    },
    endWaits: () => ending.abort(),
  };
}
