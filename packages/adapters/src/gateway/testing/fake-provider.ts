import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { anthropicMessages } from '../../roles/llm/testing/anthropic-messages.ts';
import { googleGenerate } from '../../roles/llm/testing/google-generate.ts';
import { openaiChat } from '../../roles/llm/testing/openai-chat.ts';
import { openaiResponses } from '../../roles/llm/testing/openai-responses.ts';
import type { SeenRequest } from '../../roles/llm/testing/script.ts';

/** What the provider does with a call. */
export type Act = 'answer' | 'refuse' | 'break' | 'drop' | 'hang' | 'no-counts';

export interface FakeCall extends SeenRequest {
  readonly input: number;
  readonly output: number;
  readonly act: Act;
}

const STREAMS = {
  messages: anthropicMessages,
  responses: openaiResponses,
  chat: openaiChat,
  generate: googleGenerate,
} as const;

/**
 * A provider of every API, that counts a token per four bytes and writes all that it may. It names each call by
 * `request-id`: its place among `calls`, from 0.
 */
export async function startFakeProvider(actOf: (nth: number) => Act = () => 'answer') {
  const calls: FakeCall[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const path = request.url ?? '';
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
      response.setHeader('request-id', calls.length);
      const operation = operationOf(path);
      const input = Math.ceil(text.length / 4);
      const output = Math.min(limitOf(body), 1000 + (calls.length % 7) * 300);
      const act = actOf(calls.length);
      calls.push({ path, headers: request.headers, body, text, input, output, act });
      if (operation === undefined) return json(response, 200, { data: [{ id: 'fake' }] });
      if (act === 'refuse') return json(response, 429, { error: { message: 'slow down' } });
      if (act === 'drop') return void response.destroy();
      const usage = { input, cached: 3, output, reasoning: 2 };
      if (body['stream'] !== true && !path.includes('stream')) {
        if (act === 'hang') return;
        return json(response, 200, whole(operation, usage, act === 'no-counts'));
      }
      const cut = act === 'answer' ? {} : { ending: 'break' as const };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of STREAMS[operation]({ text: 'All is done.', usage, ...cut })) {
        response.write(event);
        await setTimeout(1);
      }
      if (act === 'break') response.destroy();
      else if (act !== 'hang') response.end();
      // Who asks may be killed on the way.
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    calls,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function operationOf(path: string): keyof typeof STREAMS | undefined {
  if (path.includes('/messages') && !path.includes('count')) return 'messages';
  if (path.includes('/responses')) return 'responses';
  if (path.includes('/chat/')) return 'chat';
  return path.includes('enerateContent') ? 'generate' : undefined;
}

function limitOf(body: Record<string, unknown>): number {
  const { generationConfig = {} } = body as { generationConfig?: { maxOutputTokens?: number } };
  const limit =
    body['max_tokens'] ??
    body['max_completion_tokens'] ??
    body['max_output_tokens'] ??
    generationConfig.maxOutputTokens;
  return typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY;
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'retry-after-ms': '1' });
  response.end(JSON.stringify(body));
}

interface Used {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

function whole(operation: keyof typeof STREAMS, used: Used, isUncounted: boolean): object {
  const { input, cached, output, reasoning } = used;
  const text = 'All is done.';
  const responsesUsage = {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
  };
  const answers = {
    messages: {
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: 'fake',
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: input - cached,
        cache_read_input_tokens: cached,
        output_tokens: output,
      },
    },
    responses: {
      id: 'r',
      object: 'response',
      created_at: 1,
      model: 'fake',
      output: [
        {
          id: 'o',
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text, annotations: [] }],
        },
      ],
      usage: responsesUsage,
    },
    chat: {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'fake',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: input,
        prompt_tokens_details: { cached_tokens: cached },
        completion_tokens: output,
        completion_tokens_details: { reasoning_tokens: reasoning },
      },
    },
    generate: {
      candidates: [
        { content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index: 0 },
      ],
      usageMetadata: {
        promptTokenCount: input,
        cachedContentTokenCount: cached,
        candidatesTokenCount: output - reasoning,
        thoughtsTokenCount: reasoning,
      },
    },
  } as const;
  const { usage, usageMetadata, ...rest } = answers[operation] as Record<string, unknown>;
  return isUncounted ? rest : answers[operation];
}
