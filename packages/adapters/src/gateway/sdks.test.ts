import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, streamText } from 'ai';
import { describe, expect, it } from 'vitest';
import type { ModelGateway } from './gateway-server.ts';
import { fakeProvider, openGateway } from './testing/open-gateway.ts';

const SDKS = {
  anthropic: ({ url, token }: ModelGateway) =>
    createAnthropic({ baseURL: `${url}/v1`, apiKey: token })('m'),
  openai: ({ url, token }: ModelGateway) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: token }).responses('m'),
  'openai-chat': ({ url, token }: ModelGateway) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: token }).chat('m'),
  'openai-compatible': ({ url, token }: ModelGateway) =>
    createOpenAICompatible({ name: 'own', baseURL: `${url}/v1`, apiKey: token })('m'),
  google: ({ url, token }: ModelGateway) =>
    createGoogle({ baseURL: `${url}/v1beta`, apiKey: token })('m'),
} as const;

describe.each(Object.entries(SDKS))('the SDK for %s', (_, modelAt) => {
  it('gets whole answers, which are metered by what the provider counted', async () => {
    const provider = await fakeProvider();
    const { gateway, reported, calls } = await openGateway(provider.baseUrl);
    const { text } = await generateText({ model: modelAt(gateway), prompt: 'hello' });
    expect(text).toBe('All is done.');
    const [{ input, output } = { input: 0, output: 0 }] = provider.calls;
    expect(reported).toEqual([
      expect.objectContaining({
        requests: 1,
        inputTokens: input,
        cachedInputTokens: 3,
        outputTokens: output,
        unpricedRequests: 1,
      }),
    ]);
    expect(calls).toMatchObject([{ status: 200, estimated: false }]);
  });

  it('gets streams, which are metered alike', async () => {
    const provider = await fakeProvider();
    const { gateway, reported } = await openGateway(provider.baseUrl);
    const { textStream } = streamText({ model: modelAt(gateway), prompt: 'hello' });
    let text = '';
    for await (const piece of textStream) text += piece;
    expect(text).toBe('All is done.');
    const [{ input, output } = { input: 0, output: 0 }] = provider.calls;
    expect(reported).toMatchObject([
      { inputTokens: input, cachedInputTokens: 3, outputTokens: output },
    ]);
    expect(gateway.ledger()).toEqual({ settled: reported[0], reserved: { tokens: 0, cost: 0 } });
  });
});
