import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openGateway } from './testing/open-gateway.ts';
import { event, STREAM, scriptedProvider } from './testing/scripted-provider.ts';

const ASKED = { model: 'm', max_tokens: 5000, stream: true, messages: [] };
const START = { type: 'message_start', message: { usage: { input_tokens: 50, output_tokens: 1 } } };
const END = {
  type: 'message_delta',
  delta: { stop_reason: 'end_turn' },
  usage: { output_tokens: 900 },
};
const COUNTED = [{ estimated: false, usage: { inputTokens: 50, outputTokens: 900 } }];

async function answered(parts: readonly string[], head: Record<string, string> = STREAM) {
  const url = await scriptedProvider((response) => {
    response.writeHead(200, head);
    for (const part of parts) response.write(part);
    response.end();
  });
  return openGateway(url);
}

describe('an answer that is encoded although that was not asked for', () => {
  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('is passed on and counted as what it says: %s', async (encoding, encode) => {
    const said = { type: 'message', usage: { input_tokens: 50, output_tokens: 900 } };
    const url = await scriptedProvider((response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-encoding': encoding,
      });
      response.end(encode(JSON.stringify(said)));
    });
    const { post, calls } = await openGateway(url);
    const answer = await post('/v1/messages', { ...ASKED, stream: false });
    expect(await answer.json()).toEqual(said);
    expect(calls).toMatchObject(COUNTED);
  });

  it('is counted as a stream, too', async () => {
    const url = await scriptedProvider((response) => {
      response.writeHead(200, { ...STREAM, 'content-encoding': 'gzip' });
      response.end(gzipSync(event(START) + event(END)));
    });
    const { post, calls } = await openGateway(url);
    expect(await (await post('/v1/messages', ASKED)).text()).toBe(event(START) + event(END));
    expect(calls).toMatchObject(COUNTED);
  });

  it.each([
    ['compress', 'x', "is encoded as 'compress'; known are: identity, gzip"],
    ['gzip', 'this is none', 'incorrect header check'],
  ])(
    'in a way that cannot be read is an error, and is counted: %s',
    async (encoding, body, why) => {
      const url = await scriptedProvider((response) => {
        response.writeHead(200, { 'content-encoding': encoding });
        response.end(body);
      });
      const { post, calls } = await openGateway(url, { retry: { tries: 1 } });
      const answer = await post('/v1/messages', { ...ASKED, stream: false });
      expect([502, 503]).toContain(answer.status);
      expect(await answer.text()).toContain(why);
      expect(calls).toMatchObject([{ estimated: true, usage: { outputTokens: 5000 } }]);
    },
  );
});

describe('a stream', () => {
  it.each(['', '\n'])('whose last event has no empty line behind it is whole: %j', async (end) => {
    const { post, calls } = await answered([event(START), `data: ${JSON.stringify(END)}${end}`]);
    expect(await (await post('/v1/messages', ASKED)).text()).toBe(event(START) + event(END));
    expect(calls).toMatchObject(COUNTED);
  });

  it('that ends within an event breaks off, and the half of it is not passed on', async () => {
    const { post, calls } = await answered([event(START), 'data: {"type":"content_bl']);
    const text = await (await post('/v1/messages', ASKED)).text();
    expect(text).toMatch(
      /^data: .*\n\nevent: error\ndata: .*the answer of the provider broke off.*\n\n$/,
    );
    expect(calls).toMatchObject([{ estimated: true }]);
  });

  it('whose lines end in different ways is taken apart all the same', async () => {
    const { post, calls } = await answered([
      `data:${JSON.stringify(START)}\n\r\n`,
      `data:${JSON.stringify(END)}\r\n\n`,
    ]);
    await (await post('/v1/messages', ASKED)).text();
    expect(calls).toMatchObject(COUNTED);
  });

  it('is one however its type is written', async () => {
    const head = { 'content-type': 'Text/Event-Stream; charset=utf-8' };
    const { post, calls } = await answered([event(START), event(END)], head);
    await (await post('/v1/messages', ASKED)).text();
    expect(calls).toMatchObject(COUNTED);
  });

  it('of Anthropic’s that counts at its beginning alone is counted by an estimate', async () => {
    const { post, calls } = await answered([
      event(START),
      event({ type: 'content_block_delta', delta: { text: 'x'.repeat(3000) } }),
      event({ type: 'message_delta', delta: { stop_reason: 'end_turn' } }),
    ]);
    expect(await (await post('/v1/messages', ASKED)).text()).not.toContain('broke off');
    expect(calls).toMatchObject([{ estimated: true, usage: { outputTokens: 1000 } }]);
  });

  const chunk = (content: string, more: object = {}) =>
    event({ choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more });
  const LAST = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });

  it('of chat completions without counts is whole, and is counted by an estimate', async () => {
    const { post, calls } = await answered([chunk('x'.repeat(300)), LAST, 'data: [DONE]\n\n']);
    const text = await (await post('/v1/chat/completions', ASKED)).text();
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    expect(calls).toMatchObject([{ estimated: true, usage: { outputTokens: 100 } }]);
  });

  it('of chat completions that counts in each chunk is counted at its end', async () => {
    const usage = (completion_tokens: number) => ({
      usage: { prompt_tokens: 50, completion_tokens },
    });
    const whole = await answered([chunk('a', usage(1)), chunk('b', usage(900)), LAST]);
    await (await whole.post('/v1/chat/completions', ASKED)).text();
    expect(whole.calls).toMatchObject(COUNTED);
    const cut = await answered([chunk('a', usage(1)), chunk('x'.repeat(3000))]);
    expect(await (await cut.post('/v1/chat/completions', ASKED)).text()).toContain('broke off');
    expect(cut.calls).toMatchObject([{ estimated: true, usage: { outputTokens: 1001 } }]);
  });
});

it('an error with a long text is tried again, and is no use of tokens', async () => {
  let asked = 0;
  const url = await scriptedProvider((response) => {
    asked += 1;
    if (asked === 1) {
      response.writeHead(503, { 'content-type': 'text/html', 'retry-after-ms': '1' });
      response.end('x'.repeat(300_000));
    } else {
      response.writeHead(200, STREAM);
      response.end(event(START) + event(END));
    }
  });
  const { post, reported } = await openGateway(url);
  expect((await post('/v1/messages', ASKED)).status).toBe(200);
  expect(reported.map(({ outputTokens }) => outputTokens)).toEqual([0, 900]);
});
