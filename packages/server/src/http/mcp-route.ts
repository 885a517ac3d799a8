import type { Orchestrator } from '@baton/core';
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
  /** By the operations that their callers may use. */
  const handlers = new WeakMap<Orchestrator, Promise<McpHttpHandler>>();
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

  function handlerFor(guarded: Guarded): Promise<McpHttpHandler> {
    const handler = handlers.get(guarded.operations) ?? load(guarded);
    handlers.set(guarded.operations, handler);
    return handler;
  }

  async function serve(request: HttpRequest, response: HttpResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const context = { credentials: credentialsOf(request), signal: gone.signal };
    const { signal, leave, ...guarded } = await guard.admitStream(context);
    // A call may wait for long: who is not admitted any more is given nothing that it has waited for.
    const cutOff = (): void => {
      if (!gone.signal.aborted) disconnect(request);
    };
    signal.addEventListener('abort', cutOff, { once: true });
    try {
      const handler = await handlerFor(guarded);
      await handler.handle(request as never, response as never);
    } finally {
      signal.removeEventListener('abort', cutOff);
      leave();
    }
  }

  return {
    serves(request, response) {
      if (request.url?.split('?', 1)[0] !== PATH) return false;
      serve(request, response).catch((reason) => {
        if (response.headersSent) response.end();
        else sendProblem(request, response, reason, log);
      });
      return true;
    },
    endWaits: () => ending.abort(),
  };
}

function disconnect(request: HttpRequest): void {
  if ('stream' in request) request.stream.close();
  else request.socket.destroy();
}
