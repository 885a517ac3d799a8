import type { ModelMessage } from 'ai';
import { describe, expect, it } from 'vitest';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { compactMessages } from './compact-messages.ts';
import { limitIn } from './explain-failure.ts';
import type { ModelConfig } from './model-config.ts';
import { DONE, performRole, type RoleTest } from './testing/perform-role.ts';
import type { SeenRequest, Turn } from './testing/script.ts';
import { toolResult } from './tool-result.ts';

const advanced = { kind: 'advance', result: DONE.input };
const LINE = 'export const theme = { background: "black", text: "white" };\n';
const files = Object.fromEntries(
  Array.from({ length: 60 }, (_, at) => [`f${at}.ts`, `// file ${at}\n${LINE.repeat(600)}`]),
);
const read = (at: number) => ({ name: 'read', input: { path: `f${at}.ts` } });
/** One file in each answer. */
const readAll: readonly Turn[] = Object.keys(files).map((_, at) => ({
  calls: [read(at)],
  usage: { input: 20_000, output: 50 },
}));
const tooLong = (message: string): Turn => ({
  error: { status: 400, body: { error: { type: 'invalid_request_error', message } } },
});
const LEFT_OUT = 'Left out to keep this conversation within its limit';

interface Block {
  readonly type: string;
  readonly id?: string;
  readonly tool_use_id?: string;
  readonly content?: unknown;
}

/** The blocks of a request to Anthropic, message by message. */
function blocksOf({ body }: SeenRequest): readonly (readonly Block[])[] {
  const messages = body['messages'] as readonly { content: string | readonly Block[] }[];
  return messages.map(({ content }) =>
    typeof content === 'string' ? [{ type: 'text', content }] : content,
  );
}

const perform = (test: Omit<RoleTest, 'workspace'>) =>
  performRole({ ...test, workspace: folderWorkspace(files) });

describe('a conversation', () => {
  it.each<ModelConfig['provider']>(['anthropic', 'openai', 'openai-compatible', 'google'])(
    'that would not fit is sent to %s with markers for what was read first',
    async (provider) => {
      const { outcome, server, context } = await perform({
        provider,
        model: { contextTokens: 60_000 },
        script: [...readAll, { calls: [DONE] }],
      });
      expect(await outcome).toEqual(advanced);
      expect(server.requests).toHaveLength(61);
      for (const { text } of server.requests) expect(text.length).toBeLessThan(60_000 * 12);
      const last = server.requests.at(-1) as SeenRequest;
      expect(last.text).toContain(LEFT_OUT);
      expect(last.text).toContain('the result of `read` with {\\"path\\":\\"f0.ts\\"}');
      expect(last.text).toContain('// file 59');
      expect(last.text).not.toContain('// file 0\\n');
      expect(context.heard.join('\n')).toContain('earlier tool results are left out for');
    },
  );

  it('keeps what it began with, its last rounds and every pair of a call and its result', async () => {
    const { server, outcome } = await perform({
      model: { contextTokens: 60_000 },
      script: [...readAll, { calls: [DONE] }],
    });
    await outcome;
    const first = server.requests[0] as SeenRequest;
    for (const request of server.requests) {
      expect(request.body['system']).toEqual(first.body['system']);
      const blocks = blocksOf(request);
      expect(blocks[0]).toEqual(blocksOf(first)[0]);
      const calls = blocks.flat().filter(({ type }) => type === 'tool_use');
      const results = blocks.flat().filter(({ type }) => type === 'tool_result');
      expect(results.map((one) => one.tool_use_id)).toEqual(calls.map(({ id }) => id));
      for (const kept of results.slice(-2)) {
        expect(JSON.stringify(kept)).not.toContain(LEFT_OUT);
      }
    }
  });

  it('is made shorter seldom, so that what comes before stays in the cache', async () => {
    const { server, context, outcome } = await perform({
      model: { contextTokens: 60_000 },
      script: [...readAll, { calls: [DONE] }],
    });
    await outcome;
    const times = context.heard.filter((message) => message.includes('are left out')).length;
    expect(times).toBeGreaterThan(1);
    expect(times).toBeLessThan(30);
    const markers = server.requests.map(({ text }) => text.split(LEFT_OUT).length);
    expect(markers).toEqual([...markers].sort((a, b) => a - b));
  });

  it('is made shorter in the same way every time', async () => {
    const texts = async () => {
      const { server, outcome } = await perform({
        model: { contextTokens: 60_000 },
        script: [...readAll, { calls: [DONE] }],
      });
      await outcome;
      return server.requests.map(({ text }) => text.replaceAll(/toolu_0_[\d.e-]+/g, 'id'));
    };
    expect(await texts()).toEqual(await texts());
  });

  it('that fits stays as it is', async () => {
    const { server, outcome } = await perform({
      model: { contextTokens: 1_000_000 },
      script: [...readAll.slice(0, 20), { calls: [DONE] }],
    });
    await outcome;
    expect(server.requests.at(-1)?.text).not.toContain(LEFT_OUT);
  });

  it('in which much was written gets shorter arguments, too', async () => {
    const content = LINE.repeat(600);
    const writes: readonly Turn[] = Array.from({ length: 12 }, (_, at) => ({
      calls: [{ name: 'write', input: { path: `new${at}.ts`, content } }],
    }));
    const { server, outcome } = await perform({
      model: { contextTokens: 40_000 },
      script: [...writes, { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    const { text } = server.requests.at(-1) as SeenRequest;
    expect(text).toContain('more characters were left out here]');
    expect(text.length).toBeLessThan(12 * content.length * 0.7);
  });
});

it('what people said and the last round stay whatever has to go', () => {
  const long = 'x'.repeat(5000);
  const round = (id: string): readonly ModelMessage[] => [
    {
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: id, toolName: 'write', input: { content: long } }],
    },
    { role: 'tool', content: [toolResult({ id, name: 'write', input: {} }, long, 'text')] },
  ];
  const messages = [
    { role: 'user', content: long } as const,
    ...round('a'),
    { role: 'user', content: long } as const,
    ...round('b'),
  ];
  const compacted = compactMessages(messages, Number.POSITIVE_INFINITY, 1);
  const changed = messages.map((message, at) => message !== compacted[at]);
  expect(changed).toEqual([false, true, true, false, false, false]);
  expect(compactMessages(messages, 0, 1)).toEqual(messages);
  expect(compactMessages(messages, 1, 1)[1]).toBe(messages[1]);
});

describe('an answer with more calls than fit', () => {
  it('has the first ones run, and the model told to call the others again', async () => {
    const { server, outcome } = await perform({
      model: { contextTokens: 60_000 },
      script: [{ calls: Object.keys(files).map((_, at) => read(at)) }, { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    const { text } = server.requests[1] as SeenRequest;
    expect(text.length).toBeLessThan(100_000);
    expect(text).toContain('// file 0');
    expect(text).toContain(
      'Not run: the calls before it in the same answer returned as much as fits',
    );
  });
});

describe('a provider that finds a request too long', () => {
  it.each([
    'prompt is too long: 210000 tokens > 200000 maximum',
    "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens",
    'Your input exceeds the context window of this model',
    'the request exceeds the available context size, try increasing it',
    'Input is too long for requested model.',
  ])('is asked once more with less: %s', async (message) => {
    const { outcome, server } = await perform({
      script: [...readAll.slice(0, 4), tooLong(message), { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    const [before, after] = server.requests.slice(-2).map(({ text }) => text);
    expect(after?.length).toBeLessThan((before?.length ?? 0) * 0.6);
    expect(after).toContain('// file 3');
  });

  it('is believed from then on', async () => {
    const { outcome, server } = await perform({
      script: [
        ...readAll.slice(0, 4),
        tooLong('prompt is too long: 40000 tokens > 30000 maximum'),
        ...readAll.slice(4, 12),
        { calls: [DONE] },
      ],
    });
    expect(await outcome).toEqual(advanced);
    const refused = server.requests[4]?.text.length ?? 0;
    for (const { text } of server.requests.slice(5)) expect(text.length).toBeLessThan(refused);
  });

  it('again is not asked a third time', async () => {
    const refusal = tooLong('prompt is too long: 210000 tokens > 200000 maximum');
    const { outcome, server } = await perform({
      model: { contextTokens: 1_000_000 },
      script: [...readAll.slice(0, 12), refusal, refusal, { calls: [DONE] }],
    });
    expect(await failure(outcome)).toMatchObject({ code: 'limit_exceeded', retryable: false });
    expect(server.requests).toHaveLength(14);
  });

  it('is not asked again where there is nothing to leave out', async () => {
    const { outcome, server } = await perform({
      script: [tooLong('prompt is too long: 210000 tokens > 200000 maximum'), { calls: [DONE] }],
    });
    expect(await failure(outcome)).toMatchObject({ code: 'limit_exceeded' });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['prompt is too long: 210000 tokens > 200000 maximum', 200_000],
    ['input length and `max_tokens` exceed context limit: 190000 + 16384 > 200000', 200_000],
    ["This model's maximum context length is 8,192 tokens. However", 8192],
    ['count (1200000) exceeds the maximum number of tokens allowed (1048576).', 1_048_576],
    ['{"error":{"n_ctx":4096,"n_prompt_tokens":5000}}', 4096],
    ['Input is too long for requested model.', undefined],
  ])('says how much it takes: %s', (message, tokens) => {
    expect(limitIn(message)).toBe(tokens);
  });
});
