import type { McpHttpHandler } from '@baton/mcp';
import type { Guard, Guarded } from '../access/guard.ts';
import type { Log } from '../log.ts';
import { type HttpRequest, type HttpResponse, sendProblem } from './answer.ts';
import { credentialsOf } from './credentials.ts';

export interface McpRouteOptions {
  readonly guard: Guard;
  readonly log: Log;
}

/** MCP on `/mcp`, with the operations that the caller may use. */
export interface McpRoute {
  /** Returns whether the request was for it. */
  serves(request: HttpRequest, response: HttpResponse): boolean;
  /** Ends the waits of clients, so that the calls under way are answered soon. */
  endWaits(): void;
}

const PATH = '/mcp';

export function createMcpRoute({ guard, log }: McpRouteOptions): McpRoute {
  const handlers = new WeakMap<Guarded, Promise<McpHttpHandler>>();
  const ending = new AbortController();

  /** Loaded at the first call: most servers have none. */
  async function load({ caller, operations, artifacts }: Guarded): Promise<McpHttpHandler> {
    const { createBatonMcp, createClaimDesk, createMcpHttpHandler, createProjectStarter } =
      await import('@baton/mcp');
    const mcp = createBatonMcp({
      operations,
      startBuild: createProjectStarter(operations),
      desk: createClaimDesk(operations),
      artifacts,
      ...(caller.shownBy !== 'nothing' && { user: caller.name }),
      ending: ending.signal,
    });
    return createMcpHttpHandler(mcp, ({ message }) => log.debug('MCP', { message }));
  }

  async function handlerFor(request: HttpRequest): Promise<McpHttpHandler> {
    const guarded = await guard.admit({ credentials: credentialsOf(request) });
    const handler = handlers.get(guarded) ?? load(guarded);
    handlers.set(guarded, handler);
    return handler;
  }

  return {
    serves(request, response) {
      if (request.url?.split('?', 1)[0] !== PATH) return false;
      handlerFor(request)
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
