import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { BatonMcp } from './create-baton-mcp.ts';

/** Serves MCP on a path of an HTTP server, without sessions: any process may serve any request. */
export interface McpHttpHandler {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends the calls under way. */
  close(): Promise<void>;
}

/**
 * Creates a handler for `node:http`. It knows no authentication and no origins: what stands before it does.
 *
 * @param onError hears what went wrong apart from answers. Default: nothing does.
 * @example
 * import { createServer } from 'node:http';
 * import { openMcp } from '@baton/builds';
 * import { createMcpHttpHandler } from '@baton/mcp';
 * const { mcp } = await openMcp({ workspace: '/srv/shop' });
 * const handler = createMcpHttpHandler(mcp);
 * createServer((request, response) => handler.handle(request, response)).listen(8080, '127.0.0.1');
 */
export function createMcpHttpHandler(
  mcp: BatonMcp,
  onError: (error: Error) => void = () => undefined,
): McpHttpHandler {
  const handler = createMcpHandler(mcp, { onerror: onError });
  const serve = toNodeHandler(handler, { onerror: onError });
  return {
    handle: (request, response) => serve(plainRequest(request), response as never),
    close: () => handler.close(),
  };
}

/** Over HTTP/2, a request has headers that are none to the web's standard: `:path` and others. */
function plainRequest(request: IncomingMessage): Parameters<ReturnType<typeof toNodeHandler>>[0] {
  const { method = 'GET', url = '/' } = request;
  const headers = Object.entries(request.headers).filter(([name]) => !name.startsWith(':'));
  return {
    method,
    url,
    headers: { host: String(request.headers[':authority'] ?? ''), ...Object.fromEntries(headers) },
    [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
  };
}
