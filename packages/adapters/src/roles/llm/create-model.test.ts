import { afterEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../testing/failure.ts';
import { contextOf } from '../testing/perform.ts';
import { createModel } from './create-model.ts';
import { createLlmRole } from './llm-role.ts';
import type { ModelConfig, ModelOptions } from './model-config.ts';
import { buildAssignment, DONE, performRole } from './testing/perform-role.ts';
import { scriptedServer } from './testing/scripted-server.ts';

vi.mock('@ai-sdk/google', () => {
  throw new Error('Cannot find package');
});

const config = (provider: ModelConfig['provider'], changes: Partial<ModelConfig> = {}) => ({
  provider,
  model: 'm',
  apiKey: 'k',
  ...changes,
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('a model', () => {
  it.each([
    ['openai', 'openai.responses'],
    ['openai-chat', 'openai.chat'],
    ['anthropic', 'anthropic.messages'],
    ['openai-compatible', 'openai-compatible.chat'],
  ] as const)('comes from the package of %s', async (provider, found) => {
    const made = await createModel(config(provider, { baseURL: 'http://localhost:1' }));
    expect([made.provider, made.modelId]).toEqual([found, 'm']);
  });

  it('names the package that is missing', async () => {
    expect(await failure(createModel(config('google')))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining("the configured model needs the package '@ai-sdk/google'"),
    });
  });

  it('may be one of the user', async () => {
    const languageModel = await createModel(config('anthropic'));
    const own = { provider: 'bedrock', model: 'claude', languageModel };
    expect(await createModel(own)).toBe(languageModel);
    expect(createLlmRole({ role: 'x', models: [own] }).principal).toEqual({
      models: ['bedrock:claude'],
      modelFamilies: ['claude'],
    });
  });

  it.each<[ModelOptions, string]>([
    [{ provider: 'openai', model: 'm' }, 'openai:m cannot be used: apiKey is missing'],
    [{ provider: 'openai-compatible', model: 'm' }, 'baseURL is missing'],
    [config('openai', { baseURL: 'localhost' }), 'baseURL: Invalid URL'],
    [config('openai', { timeoutMs: -1 }), 'timeoutMs: Too small'],
    [config('openai', { timeoutMs: 2 ** 31 }), 'timeoutMs: Too big'],
    [config('openia' as 'openai'), 'provider: Invalid option'],
    [{ ...config('openai'), apikey: 'k' } as ModelConfig, 'Unrecognized key: "apikey"'],
  ])('is refused when the role is made: %j', (model, message) => {
    expect(() => createLlmRole({ role: 'x', models: [model] })).toThrow(message);
  });
});

describe('a request', () => {
  it('carries the settings of the model, and no others', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'from-the-environment');
    vi.stubEnv('ANTHROPIC_BASE_URL', 'http://localhost:1');
    const { outcome, server } = await performRole({
      model: {
        temperature: 0.3,
        maxOutputTokens: 1234,
        headers: { 'x-team': 'baton' },
        providerOptions: { anthropic: { metadata: { userId: 'u' } } },
      },
      script: [{ calls: [DONE] }],
    });
    await outcome;
    expect(server.requests[0]).toMatchObject({
      path: '/v1/messages',
      headers: { 'x-api-key': 'key-of-the-test', 'x-team': 'baton' },
      body: {
        temperature: 0.3,
        max_tokens: 1234,
        metadata: { user_id: 'u' },
        cache_control: { type: 'ephemeral' },
      },
    });
  });

  it('leaves nothing behind at OpenAI', async () => {
    const { outcome, server } = await performRole({
      provider: 'openai',
      script: [{ calls: [DONE] }],
    });
    await outcome;
    expect(server.requests[0]).toMatchObject({ path: '/v1/responses', body: { store: false } });
  });

  it('that a model takes with a warning is reported as progress, not as a process warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning');
    const { outcome, context } = await performRole({
      provider: 'openai',
      model: { model: 'o4-mini', temperature: 0.3 },
      script: [{ calls: [DONE] }],
    });
    await outcome;
    expect(context.heard.join()).toContain('openai:o4-mini: temperature');
    expect(warn).not.toHaveBeenCalled();
  });
});

it('the models of a phase come before those of the role', async () => {
  const { baseURL, requests } = await scriptedServer('anthropic', [{ calls: [DONE] }]);
  const elsewhere = config('openai', { baseURL: 'http://127.0.0.1:1/v1' });
  const role = createLlmRole({
    role: 'code_writer',
    models: [elsewhere],
    phases: { implementation: [config('anthropic', { baseURL })], other: [elsewhere] },
  });
  await role.perform(buildAssignment('implementation'), contextOf());
  expect(requests).toHaveLength(1);
});
