import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import {
  Client,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { onTestFinished } from 'vitest';
import type { BatonMcp } from '../create-baton-mcp.ts';
import { createMcpHttpHandler } from '../http-handler.ts';
import { serveMcpStdio } from '../stdio.ts';

/** A revision of the protocol. */
export type Era = '2025' | '2026';
export type Way = 'http' | 'stdio';

export interface ClientOptions {
  readonly era: Era;
  readonly way: Way;
  /** What the client's person says to each form; absent: the client cannot ask. */
  readonly person?: (message: string) => object | Promise<object>;
}

interface Called {
  readonly isError: boolean;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect.
  readonly data: any;
}

export interface TestClient {
  readonly client: Client;
  call(name: string, input?: object): Promise<Called>;
}

/** Connects a real client to a server of ours. */
export async function connectClient(mcp: BatonMcp, options: ClientOptions): Promise<TestClient> {
  const { era, way, person } = options;
  const client = new Client(
    { name: 'test', version: '1' },
    {
      capabilities: person === undefined ? {} : { elicitation: {} },
      versionNegotiation: { mode: era === '2025' ? 'legacy' : { pin: '2026-07-28' } },
    },
  );
  if (person !== undefined) {
    client.setRequestHandler(
      'elicitation/create',
      async ({ params }) => (await person(params.message)) as never,
    );
  }
  await client.connect(way === 'http' ? await overHttp(mcp) : overStdio(mcp));
  onTestFinished(() => client.close());
  return {
    client,
    async call(name, input = {}) {
      const result = await client.callTool({ name, arguments: input as never });
      const [first] = result.content;
      return {
        isError: result.isError === true,
        text: first?.type === 'text' ? first.text : '',
        data: result.structuredContent ?? {},
      };
    },
  };
}

async function overHttp(mcp: BatonMcp): Promise<Transport> {
  const handler = createMcpHttpHandler(mcp);
  const server = createServer((request, response) => void handler.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await handler.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`));
}

/** The client's end of two streams, a message a line. */
function overStdio(mcp: BatonMcp): Transport {
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  const connection = serveMcpStdio(mcp, { stdin: toServer, stdout: toClient });
  onTestFinished(() => connection.close());
  let rest = '';
  const transport: Transport = {
    async start() {
      toClient.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) transport.onmessage?.(JSON.parse(line));
      });
    },
    async send(message) {
      toServer.write(`${JSON.stringify(message)}\n`);
    },
    async close() {
      toServer.end();
      transport.onclose?.();
    },
  };
  return transport;
}
