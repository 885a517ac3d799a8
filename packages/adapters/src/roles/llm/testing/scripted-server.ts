import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { googleGenerate } from './google-generate.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import type { Protocol, Reply, SeenRequest, Turn } from './script.ts';

const PROTOCOLS = {
  anthropic: anthropicMessages,
  'openai-chat': openaiChat,
  'openai-compatible': openaiChat,
  openai: openaiResponses,
  google: googleGenerate,
  azure: openaiResponses,
  'azure-chat': openaiChat,
  bedrock: bedrockConverse,
} as const satisfies Record<string, Protocol>;

export interface ScriptedServer {
  readonly baseURL: string;
  /** The requests in order. */
  readonly requests: readonly SeenRequest[];
}

/**
 * A provider on a local port that plays a model: each request gets the next turn of the script. It ends with
 * the test.
 */
export async function scriptedServer(
  provider: keyof typeof PROTOCOLS,
  script: readonly Turn[],
): Promise<ScriptedServer> {
  const protocol = PROTOCOLS[provider];
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const body = JSON.parse(text) as Record<string, unknown>;
      const seen = { path: request.url ?? '', headers: request.headers, body, text };
      requests.push(seen);
      const turn = script[requests.length - 1] ?? {
        error: { status: 418, body: 'script is over' },
      };
      answer(protocol, typeof turn === 'function' ? turn(seen) : turn, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { baseURL: `http://127.0.0.1:${port}/v1`, requests };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function answer(protocol: Protocol, reply: Reply, response: ServerResponse): void {
  if ('error' in reply) {
    const { status, headers = {}, body } = reply.error;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
    return;
  }
  const isBinary = protocol === bedrockConverse;
  const type = isBinary ? 'application/vnd.amazon.eventstream' : 'text/event-stream';
  response.writeHead(200, { 'content-type': type });
  for (const event of protocol(reply)) response.write(event);
  switch (reply.ending) {
    case 'hang':
      return;
    case 'break':
      response.destroy();
      return;
    default:
      response.end();
  }
}
