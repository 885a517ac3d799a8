import { request } from 'node:http';
import { createFakeClock } from '@baton/core/testing';
import { describe, expect, it } from 'vitest';
import { scriptedServer } from '../roles/llm/testing/scripted-server.ts';
import { fakeProvider, KEY, openGateway } from './testing/open-gateway.ts';

const CHAT = { model: 'm', messages: [{ role: 'user', content: 'hello' }] };
const ASKED = {
  '/v1/messages': { ...CHAT, max_tokens: 5000 },
  '/v1/responses': { model: 'm', input: 'hello' },
  '/v1/chat/completions': CHAT,
  '/v1beta/models/m:generateContent': { contents: [{ parts: [{ text: 'hello' }] }] },
} as const;
const PATHS = Object.entries(ASKED);

describe('the key', () => {
  it.each(PATHS)('goes to the provider in place of the token: %s', async (path, body) => {
    const provider = await fakeProvider();
    const { post, gateway } = await openGateway(provider.baseUrl);
    const answer = await post(`${path}?key=x&beta=true`, body);
    expect(answer.status).toBe(200);
    const [seen] = provider.calls;
    expect(JSON.stringify(seen?.headers)).toContain(KEY);
    expect(JSON.stringify(seen)).not.toContain(gateway.token);
    expect(seen?.path).toMatch(/\?beta=true$/);
  });

  it('does not come back in answers, streams and errors that echo it', async () => {
    const server = await scriptedServer('openai-chat', [
      { text: `${KEY} ${KEY}`, calls: [{ name: KEY, input: {} }] },
      { error: { status: 400, body: { error: { message: `no: ${KEY}` } } } },
      { error: { status: 401, body: { error: { message: `wrong key ${KEY}` } } } },
      { error: { status: 200, body: { said: KEY } } },
    ]);
    const { post } = await openGateway(server.baseURL);
    for (const status of [200, 400, 502, 200]) {
      const answer = await post('/v1/chat/completions', { ...CHAT, stream: true });
      expect(answer.status).toBe(status);
      expect(await answer.text()).not.toContain(KEY);
    }
  });
});

describe('a request', () => {
  it.each(PATHS)(
    'without the token is refused in the format of its API: %s',
    async (path, body) => {
      const provider = await fakeProvider();
      const { gateway, post } = await openGateway(provider.baseUrl);
      for (const wrong of ['', `${gateway.token}x`, KEY]) {
        const answer = await post(path, body, { headers: { authorization: `Bearer ${wrong}` } });
        expect(answer.status).toBe(401);
        expect(await answer.json()).toMatchObject({
          error: { message: "the key is not this gateway's token" },
        });
      }
      expect(provider.calls).toHaveLength(0);
    },
  );

  it('has the token where its API has keys', async () => {
    const provider = await fakeProvider();
    const { gateway, post } = await openGateway(provider.baseUrl);
    const [path, body] = ['/v1/messages', ASKED['/v1/messages']];
    const without = { authorization: '' };
    for (const name of ['x-api-key', 'x-goog-api-key']) {
      const headers = { ...without, [name]: gateway.token };
      expect((await post(path, body, { headers })).status).toBe(200);
    }
    const answer = await post(`${path}?key=${gateway.token}`, body, { headers: without });
    expect(answer.status).toBe(200);
  });

  it.each<[number, string, unknown, string]>([
    [404, '/v1/files', {}, 'known are: POST /v1/messages'],
    [404, '/v1/messages/../files', {}, 'is not known here'],
    [400, '/v1/responses', 'no json', 'no JSON object'],
    [400, '/v1/responses', { background: true }, 'background is true'],
    [400, '/v1/chat/completions', { n: 3 }, 'n is 3'],
    [400, '/v1beta/models/m:generateContent', { generationConfig: { candidateCount: 2 } }, '2'],
    [400, '/v1/responses', { previous_response_id: 'r' }, 'previous_response_id'],
    [400, '/v1beta/models/m:streamGenerateContent', {}, 'expected alt=sse'],
    [413, '/v1/responses', 'x'.repeat(32 * 1024 * 1024 + 1), 'more than'],
  ])(
    'that cannot be metered or is not known is refused: %d %s',
    async (status, path, body, why) => {
      const provider = await fakeProvider();
      const { post } = await openGateway(provider.baseUrl);
      const answer = await post(path, body);
      expect(answer.status).toBe(status);
      expect(await answer.text()).toContain(why);
      expect(provider.calls).toHaveLength(0);
    },
  );

  it('for another host is refused', async () => {
    const { gateway } = await openGateway('http://127.0.0.1:9/v1');
    const status = await new Promise((resolve) => {
      request(`${gateway.url}/v1/models`, { headers: { host: 'example.com' } }, (answer) =>
        resolve(answer.resume().statusCode),
      ).end();
    });
    expect(status).toBe(403);
  });

  it('for models or a count of tokens goes through and is not counted', async () => {
    const provider = await fakeProvider();
    const { gateway, post, reported } = await openGateway(provider.baseUrl, {
      allowance: { tokens: 1 },
    });
    expect((await post('/v1/messages/count_tokens', CHAT)).status).toBe(200);
    const headers = { authorization: `Bearer ${gateway.token}` };
    for (const path of ['/v1/models', '/v1beta/models']) {
      const answer = await fetch(`${gateway.url}${path}`, { headers });
      expect(await answer.json()).toEqual({ data: [{ id: 'fake' }] });
    }
    expect(provider.calls.map(({ path }) => path)).toEqual([
      '/v1/messages/count_tokens',
      '/v1/models',
      '/v1/models',
    ]);
    expect(reported).toEqual([]);
  });
});

describe('an allowance', () => {
  it.each(PATHS)('limits the answer to what is left: %s', async (path, body) => {
    const provider = await fakeProvider();
    const { post } = await openGateway(provider.baseUrl, { allowance: { tokens: 700 } });
    expect((await post(path, body)).status).toBe(200);
    expect(provider.calls[0]?.output).toBeGreaterThan(256);
    expect(provider.calls[0]?.output).toBeLessThan(700);
  });

  it.each(PATHS)('that is spent is a refusal that is not tried again: %s', async (path, body) => {
    const provider = await fakeProvider();
    const { post, reported } = await openGateway(provider.baseUrl, { allowance: { tokens: 700 } });
    await (await post(path, body)).text();
    const answer = await post(path, body);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('the budget of this attempt is spent: it has used');
    expect(provider.calls).toHaveLength(1);
    expect(reported).toHaveLength(1);
  });

  it('that another call holds is waited for', async () => {
    const provider = await fakeProvider();
    const { post } = await openGateway(provider.baseUrl, { allowance: { tokens: 6000 } });
    const ask = () => post('/v1/messages', { ...CHAT, max_tokens: 9000 });
    const answers = await Promise.all([ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(provider.calls).toHaveLength(2);
  });

  it('of cost needs a price', async () => {
    const { post } = await openGateway('http://127.0.0.1:9/v1', { allowance: { cost: 1 } });
    const answer = await post('/v1/messages', ASKED['/v1/messages']);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('the price of anthropic:m is not known');
  });

  it('of cost limits the answer by its price', async () => {
    const provider = await fakeProvider();
    const models = { m: { price: { input: 1, output: 10 } } };
    const options = { allowance: { cost: 0.01 } };
    const { post, gateway } = await openGateway(provider.baseUrl, options, { models });
    await (await post('/v1/messages', ASKED['/v1/messages'])).text();
    expect(provider.calls[0]?.body['max_tokens']).toBeLessThan(1000);
    expect(gateway.ledger().settled.cost).toBeLessThanOrEqual(0.01);
    expect(gateway.ledger().settled.cost).toBeGreaterThan(0.005);
  });

  it('keeps the thinking of Anthropic within a lowered limit', async () => {
    const provider = await fakeProvider();
    const { post } = await openGateway(provider.baseUrl, { allowance: { tokens: 4000 } });
    const thinking = { type: 'enabled', budget_tokens: 8000 };
    await post('/v1/messages', { ...CHAT, max_tokens: 9000, thinking });
    const { max_tokens: limit, thinking: sent } = provider.calls[0]?.body ?? {};
    expect(limit).toBeLessThan(4000);
    expect(sent).toEqual({ type: 'enabled', budget_tokens: Math.floor(Number(limit) / 2) });
  });
});

it('leaves the counts that it asked for itself out of a stream', async () => {
  const provider = await fakeProvider();
  const { post } = await openGateway(provider.baseUrl);
  const plain = await (await post('/v1/chat/completions', { ...CHAT, stream: true })).text();
  expect(provider.calls[0]?.body['stream_options']).toEqual({ include_usage: true });
  expect(plain).not.toContain('usage');
  expect(plain).toMatch(/\[DONE\]\n\n$/);
  const asking = { ...CHAT, stream: true, stream_options: { include_usage: true } };
  expect(await (await post('/v1/chat/completions', asking)).text()).toContain('"usage"');
});

describe('a call that fails', () => {
  it.each(PATHS)('is counted by its estimate when it breaks off: %s', async (path, body) => {
    const provider = await fakeProvider(() => 'break');
    const { post, calls } = await openGateway(provider.baseUrl);
    const streamed = path.includes('generate')
      ? '/v1beta/models/m:streamGenerateContent?alt=sse'
      : path;
    const answer = await post(streamed, { ...body, stream: true });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/broke off[^\n]+\n\n$/);
    expect(calls).toMatchObject([{ estimated: true, usage: { requests: 1, outputTokens: 4 } }]);
    expect(calls[0]?.usage.inputTokens).toBeGreaterThan(10);
  });

  it('without counts is counted by all that it may have used', async () => {
    const provider = await fakeProvider(() => 'no-counts');
    const { post, calls } = await openGateway(provider.baseUrl);
    await (await post('/v1/messages', ASKED['/v1/messages'])).text();
    expect(calls).toMatchObject([{ estimated: true, usage: { outputTokens: 5000 } }]);
  });

  it('by time is a clear error, before the answer and within it', async () => {
    const provider = await fakeProvider(() => 'hang');
    const { post, calls } = await openGateway(provider.baseUrl, { timeoutMs: 300 });
    const whole = await post('/v1/messages', ASKED['/v1/messages']);
    expect(whole.status).toBe(504);
    expect(await whole.json()).toMatchObject({
      type: 'error',
      error: { message: 'anthropic:m did not finish its answer within 300 ms' },
    });
    const stream = await post('/v1/messages', { ...ASKED['/v1/messages'], stream: true });
    expect(await stream.text()).toMatch(/event: error\ndata: .+ within 300 ms"\}\}\n\n$/);
    expect(calls.map(({ estimated }) => estimated)).toEqual([true, true]);
  });

  it('is tried again when it was refused, and each refusal is counted as a request', async () => {
    const provider = await fakeProvider((nth) => (nth < 2 ? 'refuse' : 'answer'));
    const { post, reported } = await openGateway(provider.baseUrl);
    expect((await post('/v1/messages', ASKED['/v1/messages'])).status).toBe(200);
    expect(reported.map(({ inputTokens }) => inputTokens > 0)).toEqual([false, false, true]);
  });

  it('in the first event of a stream is tried again, too', async () => {
    const error = { type: 'overloaded_error', message: `overloaded ${KEY}` };
    const body = `event: error\ndata: ${JSON.stringify({ type: 'error', error })}\n\n`;
    const headers = { 'content-type': 'text/event-stream' };
    const server = await scriptedServer('anthropic', [
      { error: { status: 200, headers, body } },
      { text: 'here' },
      { error: { status: 200, headers, body } },
    ]);
    const clock = { ...createFakeClock(), now: () => 0, sleep: async () => {} };
    const { post, reported } = await openGateway(server.baseURL, { clock, retry: { tries: 2 } });
    const asked = { ...ASKED['/v1/messages'], stream: true };
    expect(await (await post('/v1/messages', asked)).text()).toContain('message_stop');
    expect(reported.map(({ outputTokens }) => outputTokens)).toEqual([0, 20]);
  });

  it('goes to the next upstream of its API, and those after it at once', async () => {
    const [first, second] = [await fakeProvider(() => 'refuse'), await fakeProvider()];
    const upstreams = [
      { api: 'openai', baseUrl: first.baseUrl, key: KEY },
      { api: 'openai', baseUrl: second.baseUrl, key: 'another-key', model: 'spare' },
    ] as const;
    const { post } = await openGateway('', { upstreams, retry: { tries: 1 } });
    for (let nth = 0; nth < 2; nth++) {
      expect((await post('/v1/responses', ASKED['/v1/responses'])).status).toBe(200);
    }
    expect(first.calls).toHaveLength(1);
    expect(second.calls.map(({ body }) => body['model'])).toEqual(['spare', 'spare']);
    expect(second.calls[0]?.headers.authorization).toBe('Bearer another-key');
  });

  it('everywhere is the provider’s own answer', async () => {
    const provider = await fakeProvider(() => 'refuse');
    const { post } = await openGateway(provider.baseUrl, { retry: { tries: 1 } });
    const answer = await post('/v1/responses', ASKED['/v1/responses']);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after-ms')).toBe('1');
    expect(await answer.json()).toEqual({ error: { message: 'slow down' } });
  });

  it('for want of a connection is no use of tokens', async () => {
    const { post, reported } = await openGateway('http://127.0.0.1:9/v1', { retry: { tries: 1 } });
    expect((await post('/v1/responses', ASKED['/v1/responses'])).status).toBe(503);
    expect(reported).toMatchObject([{ requests: 1, inputTokens: 0, outputTokens: 0 }]);
  });
});

it('an agent that goes away ends the call of the provider', async () => {
  const provider = await fakeProvider(() => 'hang');
  const { post, calls, gateway } = await openGateway(provider.baseUrl);
  const agent = new AbortController();
  const init = { signal: agent.signal };
  await post('/v1/messages', { ...ASKED['/v1/messages'], stream: true }, init);
  expect(gateway.ledger().reserved.tokens).toBeGreaterThan(5000);
  agent.abort();
  await expect.poll(() => calls).toMatchObject([{ estimated: true, usage: { requests: 1 } }]);
  expect(gateway.ledger().reserved.tokens).toBe(0);
});

it('closing ends calls, settles them and takes no more', async () => {
  const provider = await fakeProvider(() => 'hang');
  const { post, reported, ended, gateway } = await openGateway(provider.baseUrl);
  const asked = post('/v1/messages', ASKED['/v1/messages']);
  await expect.poll(() => provider.calls).toHaveLength(1);
  ended.abort();
  await gateway.close();
  expect(reported).toMatchObject([{ requests: 1, outputTokens: 5000 }]);
  expect((await asked).status).toBe(503);
  await expect(post('/v1/messages', {})).rejects.toThrow('fetch failed');
});

it('holds no more calls than it may', async () => {
  const provider = await fakeProvider(() => 'hang');
  const { post } = await openGateway(provider.baseUrl, { maxCalls: 1 });
  const first = post('/v1/messages', ASKED['/v1/messages']).catch(() => {});
  await expect.poll(() => provider.calls).toHaveLength(1);
  const answer = await post('/v1/messages', ASKED['/v1/messages']);
  expect(answer.status).toBe(429);
  void first;
});
