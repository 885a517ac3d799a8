import type { IncomingMessage, ServerResponse } from 'node:http';
import { BatonError } from '@baton/core';
import { MAX_DEPTH, parseJson } from '@baton/core/internal';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  INVALID_REQUEST,
  isJsonContentType,
  PARSE_ERROR,
} from '@modelcontextprotocol/server';
import type { BatonMcp } from './create-baton-mcp.ts';

/** Serves MCP on a path of an HTTP server, without sessions: any process may serve any request. */
export interface McpHttpHandler {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends the calls under way. */
  close(): Promise<void>;
}

/**
 * What a message may be made of: a payload, and the call around it. More would hold up the process that reads
 * it.
 */
const MESSAGE_LIMITS = { depth: MAX_DEPTH + 8, values: 12_500 };

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
  const fetch: typeof handler.fetch = async (request, options) => {
    if (request.method !== 'POST' || !isJsonContentType(request.headers.get('content-type'))) {
      return handler.fetch(request, options);
    }
    let parsedBody: unknown;
    try {
      parsedBody = parseJson(await request.text(), MESSAGE_LIMITS);
    } catch (reason) {
      return refusal(BatonError.from(reason));
    }
    return handler.fetch(request, { ...options, parsedBody });
  };
  const serve = toNodeHandler({ fetch }, { onerror: onError });
  return {
    handle: (request, response) => serve(plainRequest(request), response as never),
    close: () => handler.close(),
  };
}

function refusal({ message, violations, code }: BatonError): Response {
  const isJson = violations.length > 0 || code === 'limit_exceeded';
  const error = { code: isJson ? INVALID_REQUEST : PARSE_ERROR, message };
  return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 400 });
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
