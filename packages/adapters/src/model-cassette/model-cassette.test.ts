import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, streamText } from 'ai';
import { describe, expect, it } from 'vitest';
import type { ModelGateway } from '../gateway/gateway-server.ts';
import { fakeProvider, KEY, openGateway } from '../gateway/testing/open-gateway.ts';
import { formatCassette } from '../roles/cassette/cassette-format.ts';
import { scriptedServer } from '../roles/llm/testing/scripted-server.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { openModelCassette } from './model-cassette.ts';

const NOWHERE = 'http://127.0.0.1:9/v1';
const CHAT = { model: 'm', max_tokens: 5000, messages: [{ role: 'user', content: 'hello' }] };

const newFile = () => join(temporaryFolder(), 'folder', 'models.json');
const recording = (path: string) =>
  ({ cassette: openModelCassette(path), mode: 'record' }) as const;
const replaying = (path: string) =>
  ({ cassette: openModelCassette(path), mode: 'replay' }) as const;

/** The URL of an agent that asks Anthropic's API, with what it says. */
const asking = (content: string, more: object = {}) => ({
  ...CHAT,
  ...more,
  messages: [{ role: 'user', content }],
});

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

describe.each(Object.entries(SDKS))('what the SDK for %s was answered', (_, modelAt) => {
  it('is replayed without its provider, whole and as a stream, and counts as it did', async () => {
    const path = newFile();
    async function ask(baseUrl: string, cassette: ReturnType<typeof recording | typeof replaying>) {
      const { gateway, reported } = await openGateway(baseUrl, { cassette });
      const { text } = await generateText({ model: modelAt(gateway), prompt: 'hello' });
      const pieces: string[] = [];
      const streamed = streamText({ model: modelAt(gateway), prompt: 'hello' });
      for await (const piece of streamed.textStream) pieces.push(piece);
      await gateway.close();
      return { text, streamed: pieces.join(''), reported };
    }
    const provider = await fakeProvider();
    const recorded = await ask(provider.baseUrl, recording(path));
    expect(recorded.text).toBe('All is done.');
    expect(recorded.reported[0]?.inputTokens).toBeGreaterThan(5);
    expect(await ask(NOWHERE, replaying(path))).toEqual(recorded);
    expect(provider.calls).toHaveLength(2);
  });
});

describe('a recorded request', () => {
  it('is the same in another workspace, at another time, with other ids; its answer has the new ones', async () => {
    const path = newFile();
    const server = await scriptedServer('anthropic', [
      { calls: [{ name: 'Write', input: { file_path: '/srv/builds/wf_12ab/src/a.ts' } }] },
    ]);
    const said = (workspace: string, rest: string) =>
      asking(
        `Working in ${workspace}, folder ${workspace.replaceAll(/[^A-Za-z0-9]/g, '-')}. ${rest}`,
        {
          stream: true,
          metadata: { user_id: rest },
        },
      );
    const first = await openGateway(server.baseURL, {
      cassette: { ...recording(path), values: { workspace: '/srv/builds/wf_12ab' } },
    });
    const then =
      'Sun Nov 29 2026, 2026-11-29T10:11:12.5Z; MCP at http://127.0.0.1:4100/mcp; toolu_01AbC; commit 0a1b2c3d; Chunk ID: 1abaa3; pid 4711; took 12 ms; {"startedAt": 1795998499981,"durationMs":12.5}, {\\"durationMs\\":7}, {"digest": "0a1b2c3d4e",\n "size": 1118}';
    await (await first.post('/v1/messages', said('/srv/builds/wf_12ab', then))).text();
    const second = await openGateway(NOWHERE, {
      allowance: { tokens: 3000 },
      cassette: { ...replaying(path), values: { workspace: '/home/ada/builds/wf_9' } },
    });
    const now =
      'Mon Dec 7 2026, 2026-12-07T09:00:00Z; MCP at http://127.0.0.1:53999/mcp; toolu_02XyZ; commit 99ff00aa11; Chunk ID: e8039f; pid 9; took 1.5 s; {"startedAt": 1796998499981,"durationMs":90}, {\\"durationMs\\":1}, {"digest": "1f2e3d4c5b",\n "size": 997}';
    const answer = await second.post('/v1/messages', said('/home/ada/builds/wf_9', now));
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const text = await answer.text();
    expect(text).toContain('/home/ada/builds/wf_9/src/a.ts');
    expect(text).toMatch(/^event: message_start\ndata: \{/);
    expect(text).not.toContain('/srv');
    expect(readFileSync(path, 'utf8')).not.toContain('/srv');
  });

  it('that is asked several times is answered in order, by the last from then on', async () => {
    const path = newFile();
    const script = ['one', 'two', 'three'].map((text) => ({ text }));
    const server = await scriptedServer('anthropic', script);
    const body = asking('again', { stream: true });
    const { post } = await openGateway(server.baseURL, { cassette: recording(path) });
    for (const _ of script) await (await post('/v1/messages', body)).text();
    const replay = await openGateway(NOWHERE, { cassette: replaying(path) });
    for (const text of ['one', 'two', 'three', 'three']) {
      expect(await (await replay.post('/v1/messages', body)).text()).toContain(text);
    }
    // Recorded again, it has what it was answered this time alone.
    const newer = await scriptedServer('anthropic', [{ text: 'four' }]);
    const again = await openGateway(newer.baseURL, { cassette: recording(path) });
    await (await again.post('/v1/messages', body)).text();
    expect(await openModelCassette(path).entries()).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toContain('four');
  });

  it('holds neither keys nor secrets, in what is asked and in what is answered', async () => {
    const path = newFile();
    const secret = 'a-secret-of-ada';
    const server = await scriptedServer('openai-chat', [{ text: `${KEY} and ${secret}` }]);
    const { post, gateway } = await openGateway(server.baseURL, {
      cassette: recording(path),
      redact: (text) => text.replaceAll(secret, '[secret]'),
    });
    const body = { ...CHAT, stream: true, more: `${KEY} ${secret} ${gateway.token}` };
    await (await post('/v1/chat/completions', body)).text();
    const written = readFileSync(path, 'utf8');
    expect(written).toContain('[key] and [secret]');
    for (const one of [KEY, secret, gateway.token]) expect(written).not.toContain(one);
  });

  it('is not one that was refused, failed or broke off', async () => {
    const path = newFile();
    const acts = ['refuse', 'break', 'answer'] as const;
    const provider = await fakeProvider((nth) => acts[nth] ?? 'drop');
    const { post } = await openGateway(provider.baseUrl, {
      cassette: recording(path),
      retry: { tries: 2, maxWaitMs: 5 },
    });
    const body = asking('hello', { stream: true });
    expect(await (await post('/v1/messages', body)).text()).toContain('broke off');
    expect(existsSync(path)).toBe(false);
    await (await post('/v1/messages', body)).text();
    const replay = await openGateway(NOWHERE, { cassette: replaying(path) });
    expect(await (await replay.post('/v1/messages', body)).text()).toContain('message_stop');
  });
});

describe('a request without a recording', () => {
  it('is refused by what differs, is not repeated, and counts no tokens', async () => {
    const path = newFile();
    const provider = await fakeProvider();
    const first = await openGateway(provider.baseUrl, { cassette: recording(path) });
    await (await first.post('/v1/messages', asking(`${'x'.repeat(400)} one`))).text();
    const { gateway, post, reported } = await openGateway(provider.baseUrl, {
      cassette: { ...replaying(path) },
    });
    expect(gateway.missing()).toBeUndefined();
    const answer = await post('/v1/messages', asking(`${'x'.repeat(400)} two`));
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { message: string } };
    expect(error.message).toMatch(
      /has no answer of anthropic:m \/messages for any as asked; the nearest entry \(\w{12}, of 1\) differs in 1 place, first in body\.messages\.0\.content: recorded …"x+ one", found …"x+ two"$/,
    );
    expect(gateway.missing()).toMatchObject({ code: 'invalid_input', message: error.message });
    expect(reported).toMatchObject([{ requests: 1, inputTokens: 0, outputTokens: 0 }]);
    expect(provider.calls).toHaveLength(1);
    const other = await post('/v1/responses', { model: 'm', input: 'hello' });
    expect(await other.text()).toContain('it has: anthropic:m /messages for any');
  });

  it('is answered as the fallback of its model answered, where that was recorded', async () => {
    const path = newFile();
    const [first, second] = [await fakeProvider(() => 'refuse'), await fakeProvider()];
    const upstreams = [first, second].map(({ baseUrl }, index) => ({
      ...{ api: 'openai', baseUrl, key: KEY, model: `m${index}` },
    })) as never;
    const options = { upstreams, retry: { tries: 1 } };
    const body = { model: 'm', input: 'hello' };
    const live = await openGateway('', { ...options, cassette: recording(path) });
    expect((await live.post('/v1/responses', body)).status).toBe(200);
    await live.gateway.close();
    const { post } = await openGateway('', { ...options, cassette: replaying(path) });
    expect((await post('/v1/responses', body)).status).toBe(200);
    expect(second.calls).toHaveLength(1);
  });

  it('of a file that is no cassette of models says which it is', async () => {
    const path = join(temporaryFolder(), 'roles.json');
    writeFileSync(path, formatCassette([]));
    await expect(openModelCassette(path).entries()).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('has format version 1, expected models-1'),
    });
  });
});
