import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Outcome } from '@baton/core';
import type { ToolDescription } from '../llm/model-call.ts';
import { loadMcp } from './agent-packages.ts';
import { notAccepted, type OutcomeCollector } from './outcome-collector.ts';

/** The tools by which an agent ends its assignment, as it knows them, and the outcomes that they are. */
const toolsOf = (askTool: string): Readonly<Record<string, Outcome['kind']>> => ({
  submit: 'advance',
  [askTool]: 'ask',
  request_retry: 'request_retry',
  fail: 'fail',
});

/** Agents ask no permission for them: they change nothing. */
const HARMLESS = { readOnlyHint: true, destructiveHint: false, openWorldHint: false };

export interface OutcomeServer {
  /** `http://127.0.0.1:<port>/mcp`. */
  readonly url: string;
  readonly port: number;
  /** For this attempt alone; expected as a bearer token. */
  readonly token: string;
  close(): Promise<void>;
}

/** Serves the tools over MCP, on the loopback of this machine. A wrong call is answered with what is wrong. */
export async function startOutcomeServer(
  descriptions: readonly ToolDescription[],
  askTool: string,
  take: OutcomeCollector['take'],
): Promise<OutcomeServer> {
  const { createMcpHandler, fromJsonSchema, McpServer } = await loadMcp();
  // What is wrong is told by our own check, with paths.
  const unchecked = { getValidator: () => (data: unknown) => ({ valid: true, data }) as const };
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'baton', version: '1' });
    for (const [name, kind] of Object.entries(toolsOf(askTool))) {
      const found = descriptions.find((one) => one.name === kind);
      if (found === undefined) throw new Error(`there is no outcome '${kind}'`);
      const inputSchema = fromJsonSchema(found.inputSchema as never, unchecked as never);
      const { description } = found;
      server.registerTool(
        name,
        { description, inputSchema, annotations: HARMLESS },
        async (input) => {
          const wrong = await take(kind, input);
          if (wrong.length > 0) return refusal(wrong);
          return { content: [{ type: 'text', text: 'Accepted. End your turn now.' }] };
        },
      );
    }
    return server;
  });
  const token = randomBytes(24).toString('base64url');
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLoopback(request.headers.host)) return answer(response, 403);
    if (!isSame(request.headers.authorization, `Bearer ${token}`)) return answer(response, 401);
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    const reply = await handler.fetch(
      new Request(`http://127.0.0.1${request.url}`, {
        ...{ method: request.method ?? 'GET', headers: headersOf(request) },
        ...(hasBody && {
          body: Readable.toWeb(request) as ReadableStream<Uint8Array>,
          duplex: 'half',
        }),
      }),
    );
    response.writeHead(reply.status, Object.fromEntries(reply.headers));
    if (reply.body === null) response.end();
    else await pipeline(Readable.fromWeb(reply.body as ReadableStream), response);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    port,
    token,
    async close() {
      await handler.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function refusal(violations: readonly string[]) {
  return { isError: true, content: [{ type: 'text' as const, text: notAccepted(violations) }] };
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}

/** A page in a browser reaches the loopback by a name of its own. */
function isLoopback(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host ?? '');
}

function isSame(found: string | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(found ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
