import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { BatonError } from '@baton/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ModelGatewayOptions } from './gateway-options.ts';
import { createModelGateway } from './model-gateway.ts';
import { fakeProvider, KEY, openGateway } from './testing/open-gateway.ts';
import { event, STREAM, scriptedProvider } from './testing/scripted-provider.ts';

const ASKED = { model: 'm', max_tokens: 5000, stream: true, messages: [] };

describe('a request', () => {
  it('that is compressed is refused', async () => {
    const { calls, baseUrl } = await fakeProvider();
    const { post, gateway } = await openGateway(baseUrl);
    const answer = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.token}`, 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify(ASKED)),
    });
    expect(answer.status).toBe(415);
    expect(await answer.text()).toContain('the body is encoded as gzip, expected it as it is');
    expect(calls).toHaveLength(0);
    const plain = { headers: { 'content-encoding': 'identity' } };
    expect((await post('/v1/messages', ASKED, plain)).status).toBe(200);
  });

  it.each<[string, object]>([
    ['/v1/messages', { type: 'image', source: { type: 'base64', data: 'A'.repeat(900_000) } }],
    [
      '/v1/responses',
      { type: 'input_image', image_url: `data:image/png;base64,${'A'.repeat(900_000)}` },
    ],
    [
      '/v1/chat/completions',
      { type: 'image_url', image_url: { url: `data:,${'A'.repeat(900_000)}` } },
    ],
    [
      '/v1beta/models/m:generateContent',
      { inlineData: { mimeType: 'image/png', data: 'A'.repeat(900_000) } },
    ],
  ])(
    'with an image sets aside what an image has, not what its data would be as text: %s',
    async (path, image) => {
      const hanging = await fakeProvider(() => 'hang');
      const { post, gateway } = await openGateway(hanging.baseUrl, {
        allowance: { tokens: 20_000 },
      });
      const agent = new AbortController();
      const body = { model: 'm', parts: [image, image, { type: 'text', text: 'hello' }] };
      const asked = post(path, body, { signal: agent.signal }).catch(() => {});
      await expect.poll(() => hanging.calls).toHaveLength(1);
      // Both images, the text, and what is left for the answer.
      expect(gateway.ledger().reserved.tokens).toBe(20_000);
      expect(hanging.calls[0]?.text).toContain('A'.repeat(900_000));
      const limit = /"(?:max_\w*tokens|maxOutputTokens)":(\d+)/.exec(
        hanging.calls[0]?.text ?? '',
      )?.[1];
      expect(Number(limit)).toBeGreaterThan(7000);
      expect(Number(limit)).toBeLessThan(8000);
      agent.abort();
      await asked;
    },
  );

  it('with an image does not change what texts are estimated at', async () => {
    const { baseUrl } = await fakeProvider((nth) => (nth === 0 ? 'answer' : 'hang'));
    const { post, calls, gateway } = await openGateway(baseUrl, {}, { models: { m: {} } });
    const image = { type: 'image', source: { data: 'A'.repeat(400_000) } };
    await (await post('/v1/messages', { ...ASKED, more: image })).text();
    expect(calls[0]?.estimated).toBe(false);
    const agent = new AbortController();
    const body = { ...ASKED, stream: false, text: 'x'.repeat(30_000) };
    const asked = post('/v1/messages', body, { signal: agent.signal }).catch(() => {});
    await expect.poll(() => gateway.ledger().reserved.tokens).toBeGreaterThan(10_000 + 5000);
    expect(gateway.ledger().reserved.tokens).toBeLessThan(11_000 + 5000);
    agent.abort();
    await asked;
  });
});

describe('an answer', () => {
  it('with an event that is too long breaks off, and is counted', async () => {
    const url = await scriptedProvider((response) => {
      response.writeHead(200, STREAM);
      response.write(event({ type: 'message_start', message: { usage: { input_tokens: 50 } } }));
      response.end('x'.repeat(17 * 1024 * 1024));
    });
    const { post, calls } = await openGateway(url);
    const text = await (await post('/v1/messages', ASKED)).text();
    expect(text).toMatch(/an event of the provider has over 16777216 characters"\}\}\n\n$/);
    expect(calls).toMatchObject([{ estimated: true, usage: { inputTokens: 50 } }]);
  });

  it('of too many bytes that is not streamed is an error, and is counted', async () => {
    const url = await scriptedProvider((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('x'.repeat(33 * 1024 * 1024));
    });
    const { post, calls } = await openGateway(url);
    const answer = await post('/v1/messages', { ...ASKED, stream: false });
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain('a body has more than 33554432 bytes');
    expect(calls).toMatchObject([{ estimated: true, usage: { outputTokens: 5000 } }]);
  });

  it('is not held for an agent that does not read it, and comes whole when it reads', async () => {
    const EVENTS = 3000;
    const part = event({ type: 'content_block_delta', delta: { text: 'x'.repeat(20_000) } });
    let sent = 0;
    const url = await scriptedProvider(async (response) => {
      response.writeHead(200, STREAM);
      for (; sent < EVENTS; sent++) {
        if (!response.write(part)) await once(response, 'drain');
      }
      response.end(event({ type: 'message_delta', usage: { output_tokens: 9 } }));
    });
    const { gateway, calls } = await openGateway(url);
    const agent = connect(Number(new URL(gateway.url).port), '127.0.0.1').pause();
    onTestFinished(() => void agent.destroy());
    const body = JSON.stringify(ASKED);
    agent.write(
      `POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${gateway.token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    // Until nothing more goes on: the buffers of the connections are full.
    for (let before = -1; before !== sent || sent === 0; ) {
      before = sent;
      await pause(300);
    }
    expect(sent).toBeLessThan(EVENTS / 2);
    expect(calls).toEqual([]);
    let bytes = 0;
    agent.on('data', (chunk) => {
      bytes += chunk.length;
    });
    agent.resume();
    await expect.poll(() => calls).toHaveLength(1);
    await expect.poll(() => bytes).toBeGreaterThan(EVENTS * part.length);
    expect(calls).toMatchObject([{ usage: { outputTokens: 9 } }]);
  });

  it('that an agent does not read in time is given up, and counted', async () => {
    const part = event({ type: 'content_block_delta', delta: { text: 'x'.repeat(20_000) } });
    const url = await scriptedProvider((response) => {
      response.writeHead(200, STREAM);
      const more = () => {
        while (!response.destroyed && response.write(part));
      };
      response.on('drain', more);
      more();
    });
    const { gateway, calls } = await openGateway(url, { timeoutMs: 3000 });
    const agent = connect(Number(new URL(gateway.url).port), '127.0.0.1').pause();
    onTestFinished(() => void agent.destroy());
    const body = JSON.stringify(ASKED);
    agent.write(
      `POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${gateway.token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await expect.poll(() => calls).toMatchObject([{ estimated: true }]);
    expect(gateway.ledger().reserved.tokens).toBe(0);
  });
});

describe('a call', () => {
  const ERRORS: readonly (readonly [string, object, object])[] = [
    [
      '/v1/messages',
      { type: 'message_start', message: { usage: { input_tokens: 9 } } },
      { type: 'error', error: { type: 'overloaded_error', message: 'busy' } },
    ],
    [
      '/v1/responses',
      { type: 'response.created', response: {} },
      { type: 'response.failed', response: { error: { message: 'busy' } } },
    ],
    [
      '/v1/chat/completions',
      { choices: [{ index: 0, delta: { content: 'a' } }] },
      { error: { message: 'busy' } },
    ],
    [
      '/v1beta/models/m:streamGenerateContent?alt=sse',
      { candidates: [{ content: { parts: [{ text: 'a' }] } }] },
      { error: { code: 503, message: 'busy' } },
    ],
  ];

  it.each(ERRORS)(
    'with an error within its answer is counted and marked, and the error told once: %s',
    async (path, first, error) => {
      const url = await scriptedProvider((response) => {
        response.writeHead(200, STREAM);
        response.end(event(first) + event(error));
      });
      const { post, calls } = await openGateway(url);
      const text = await (await post(path, ASKED)).text();
      expect(text.match(/busy|broke off/g)).toEqual(['busy']);
      expect(calls).toMatchObject([
        { failed: true, estimated: true, status: 200, usage: { requests: 1 } },
      ]);
      expect(calls[0]?.usage.inputTokens).toBeGreaterThan(0);
    },
  );

  const COUNTS = { input_tokens: 40, output_tokens: 5 };
  const TOOLS: readonly (readonly [string, object])[] = [
    ['/v1/messages', { usage: { ...COUNTS, server_tool_use: { web_search_requests: 2 } } }],
    [
      '/v1/responses',
      { usage: COUNTS, output: [{ type: 'web_search_call' }, { type: 'message' }] },
    ],
    [
      '/v1/chat/completions',
      {
        usage: { prompt_tokens: 40, completion_tokens: 5 },
        choices: [{ message: { annotations: [{ type: 'url_citation' }] } }],
      },
    ],
    [
      '/v1beta/models/m:generateContent',
      {
        usageMetadata: { promptTokenCount: 40, candidatesTokenCount: 5 },
        candidates: [{ groundingMetadata: { webSearchQueries: ['baton'] } }],
      },
    ],
  ];

  it.each(TOOLS)(
    'whose provider used tools of its own has tokens that are counted, and a cost that is not known: %s',
    async (path, answer) => {
      const url = await scriptedProvider((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer));
      });
      const models = { m: { price: { input: 1, output: 10 } } };
      const { post, calls } = await openGateway(url, {}, { models });
      await (await post(path, { ...ASKED, stream: false })).text();
      expect(calls).toMatchObject([
        { estimated: true, usage: { inputTokens: 40, outputTokens: 5, unpricedRequests: 1 } },
      ]);
      expect(calls[0]?.usage.cost).toBeGreaterThan(0);
    },
  );

  it('whose provider used no tool has a cost that is known', async () => {
    const url = await scriptedProvider((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const usage = { ...COUNTS, server_tool_use: { web_search_requests: 0 } };
      response.end(JSON.stringify({ usage, output: [{ type: 'function_call' }] }));
    });
    const { post, calls } = await openGateway(
      url,
      {},
      { models: { m: { price: { input: 1, output: 10 } } } },
    );
    await (await post('/v1/messages', { ...ASKED, stream: false })).text();
    expect(calls).toMatchObject([{ estimated: false, usage: { unpricedRequests: 0 } }]);
  });
});

describe('options', () => {
  const upstream = { api: 'openai', baseUrl: 'http://127.0.0.1:9/v1', key: KEY } as const;

  it.each<[Partial<ModelGatewayOptions>, string]>([
    [{ upstreams: [] }, 'upstreams is empty, expected at least one'],
    [
      { upstreams: [{ ...upstream, baseUrl: 'ftp://host' }] },
      'the baseUrl of an upstream (openai) is no address of http or https',
    ],
    [{ upstreams: [{ ...upstream, baseUrl: 'host' }] }, 'is no address of http or https'],
    [
      { upstreams: [{ ...upstream, baseUrl: 'http://127.0.0.1:9/v1?version=1' }] },
      'the baseUrl of an upstream (openai) has a query or a fragment',
    ],
    [
      { upstreams: [{ ...upstream, key: 'a key' }] },
      'the key of an upstream (openai) cannot stand in a header',
    ],
    [{ upstreams: [{ ...upstream, key: '' }] }, 'cannot stand in a header'],
    [{ maxCalls: 0 }, 'maxCalls is 0, expected a whole number of at least 1'],
    [{ timeoutMs: 1.5 }, 'timeoutMs is 1.5, expected a whole number of at least 1'],
    [{ retry: { tries: 0 } }, 'retry.tries is 0, expected a whole number of at least 1'],
    [{ retry: { maxWaitMs: -1 } }, 'retry.maxWaitMs is -1, expected a whole number of at least 0'],
  ])('that cannot work are refused: %j', async (options, why) => {
    const created = createModelGateway({
      upstreams: [upstream],
      report: () => {},
      signal: new AbortController().signal,
      ...options,
    });
    const error = BatonError.from(await created.catch((reason: unknown) => reason));
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
    expect(error.message).toContain(`model gateway: `);
    expect(error.message).toContain(why);
    expect(error.message).not.toContain('a key');
  });

  it('of time may be as long as a timer', async () => {
    const { post } = await openGateway((await fakeProvider()).baseUrl, { timeoutMs: 2 ** 31 - 1 });
    expect((await post('/v1/messages', ASKED)).status).toBe(200);
    await expect(openGateway(upstream.baseUrl, { timeoutMs: 2 ** 31 })).rejects.toThrow(
      'timeoutMs is 2147483648, expected at most 2147483647',
    );
  });
});
