import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { fakeProvider, openGateway } from './testing/open-gateway.ts';

/** What comes back for bytes that no client would send. */
function sent(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  return new Promise((resolve, reject) => {
    let answer = '';
    socket.on('data', (piece) => {
      answer += piece;
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
    socket.write(text);
  });
}

it.each(['//', '//[', 'http://'])(
  'a request for %j is refused, and the next one answered',
  async (target) => {
    const { baseUrl, calls } = await fakeProvider();
    const { gateway, post } = await openGateway(baseUrl);
    const head = (token: string) =>
      `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nx-api-key: ${token}\r\nConnection: close\r\n\r\n`;
    expect(await sent(gateway.url, head('none'))).toMatch(/^HTTP\/1.1 401 /);
    expect(await sent(gateway.url, head(gateway.token))).toMatch(/^HTTP\/1.1 40[04] /);
    expect(calls).toHaveLength(0);
    expect((await post('/v1/messages', { model: 'm', max_tokens: 5 })).status).toBe(200);
  },
);

it('a body that is not sent to its end does not keep the gateway from closing', async () => {
  const { baseUrl, calls } = await fakeProvider();
  const { gateway, reported } = await openGateway(baseUrl);
  const head = `POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\nExpect: 100-continue\r\nx-api-key: ${gateway.token}\r\n\r\n{`;
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.write(head);
  await new Promise((resolve) => socket.once('data', resolve));
  await gateway.close();
  expect(calls).toHaveLength(0);
  expect(reported).toEqual([]);
});

const nested = `${'['.repeat(300)}${']'.repeat(300)}`;

it.each<[string, object | string, string]>([
  ['/v1/chat/completions', { n: '4' }, 'n is \\"4\\"'],
  ['/v1/chat/completions', { n: 4, generationConfig: { n: 1 } }, 'n is 4'],
  ['/v1/chat/completions', { models: ['a', 'b'] }, 'models is'],
  ['/v1/responses', { background: 'true' }, 'background is'],
  ['/v1/responses', { prompt: { id: 'p' } }, 'prompt is'],
  ['/v1/responses', { input: [{ type: 'item_reference', id: 'i' }] }, 'item_reference'],
  [
    '/v1/responses',
    {
      input: [
        { role: 'user', content: [{ type: 'input_file', file_url: 'https://a.test/b.pdf' }] },
      ],
    },
    'a file by its id or address',
  ],
  [
    '/v1/chat/completions',
    { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }] },
    'a file by its id',
  ],
  [
    '/v1/messages',
    {
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              content: [{ type: 'document', source: { type: 'url', url: 'https://a.test/b.pdf' } }],
            },
          ],
        },
      ],
    },
    'a document by its url',
  ],
  ['/v1beta/models/m:generateContent', { cached_content: 'c' }, 'cachedContent is'],
  [
    '/v1beta/models/m:generateContent',
    { generation_config: { candidate_count: 8 } },
    'candidateCount is 8',
  ],
  [
    '/v1beta/models/m:generateContent',
    { generation_config: {}, generationConfig: {} },
    'has both generation_config and generationConfig',
  ],
  [
    '/v1beta/models/m:generateContent',
    { contents: { parts: { file_data: { mime_type: 'video/mp4', file_uri: 'gs://a' } } } },
    'a file by its address',
  ],
  ['/v1/messages', `{"model":"m","messages":${nested}}`, 'nested more than 200 deep'],
  ['/v1/messages', '{"max_tokens":5,"max_tokens":50000}', "found 'max_tokens' twice"],
])('a request that no estimate covers is refused (%#): %s', async (path, body, why) => {
  const { baseUrl, calls } = await fakeProvider();
  const { post } = await openGateway(baseUrl);
  const answer = await post(path, body);
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(why);
  expect(calls).toHaveLength(0);
});

it.each<[string, object]>([
  [
    '/v1/messages',
    {
      messages: [
        { content: [{ type: 'tool_use', input: { content: [{ type: 'item_reference' }] } }] },
      ],
    },
  ],
  [
    '/v1/messages',
    { messages: [{ content: [{ type: 'document', source: { type: 'base64', data: 'AA' } }] }] },
  ],
  ['/v1/responses', { input: [{ content: [{ type: 'input_image', file_id: 'f' }] }] }],
  ['/v1/responses', { prompt: null, background: false, conversation: null }],
  ['/v1/chat/completions', { n: 1 }],
])('a request that is no more than it says is passed on: %s %j', async (path, body) => {
  const { baseUrl } = await fakeProvider();
  const { post } = await openGateway(baseUrl);
  expect((await post(path, { model: 'm', ...body })).status).toBe(200);
});

it.each<[string, object, object]>([
  [
    '/v1/chat/completions',
    { max_completion_tokens: 300, max_tokens: 50_000 },
    { max_completion_tokens: 300 },
  ],
  [
    '/v1/chat/completions',
    { max_completion_tokens: 50_000, max_tokens: 300 },
    { max_completion_tokens: 300 },
  ],
  [
    '/v1beta/models/m:generateContent',
    { generation_config: { max_output_tokens: 300 } },
    { generationConfig: { maxOutputTokens: 300 } },
  ],
])(
  'a limit under another name is the one that is set aside and asked for: %s %j',
  async (path, limits, asked) => {
    const { baseUrl, calls } = await fakeProvider();
    const { post, reported } = await openGateway(baseUrl, { allowance: { tokens: 20_000 } });
    await (await post(path, limits)).text();
    expect(calls[0]?.body).toEqual(asked);
    expect(reported[0]?.outputTokens).toBe(300);
  },
);

it('a model whose name is part of the path is replaced where it stands', async () => {
  const { baseUrl, calls } = await fakeProvider();
  const { post } = await openGateway(baseUrl, {}, { model: 'other' });
  await (await post('/v1beta/models/models:generateContent', {})).text();
  expect(calls.map(({ path }) => path)).toEqual(['/v1/models/other:generateContent']);
});
