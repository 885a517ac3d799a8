import { afterEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../testing/failure.ts';
import { contextOf } from '../testing/perform.ts';
import { createLlmRole } from './llm-role.ts';
import type { ModelConfig } from './model-config.ts';
import { buildAssignment, DONE, performRole } from './testing/perform-role.ts';
import type { SeenRequest } from './testing/script.ts';
import { scriptedServer } from './testing/scripted-server.ts';

const advanced = { kind: 'advance', result: DONE.input };

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** The only request of a role whose model ends its assignment at once. */
async function asked(
  provider: ModelConfig['provider'],
  model: Partial<ModelConfig> = {},
): Promise<SeenRequest> {
  const { outcome, server } = await performRole({ provider, model, script: [{ calls: [DONE] }] });
  expect(await outcome).toEqual(advanced);
  return server.requests[0] as SeenRequest;
}

/** The default address of a model; the request itself goes to a local server. */
async function addressOf(model: ModelConfig): Promise<string> {
  const { baseURL } = await scriptedServer(model.provider, [{ calls: [DONE] }]);
  vi.unstubAllGlobals();
  const reallyFetch = globalThis.fetch;
  const addresses: string[] = [];
  vi.stubGlobal('fetch', async (input: string | URL, init?: RequestInit) => {
    addresses.push(String(input));
    return reallyFetch(baseURL, init);
  });
  const role = createLlmRole({ role: 'code_writer', models: [model], reviews: [] });
  expect(await role.perform(buildAssignment('implementation'), contextOf())).toEqual(advanced);
  return addresses.join();
}

describe('Azure OpenAI', () => {
  it('is asked by the responses API, and keeps nothing', async () => {
    const { path, headers, body } = await asked('azure', {
      model: 'writer',
      headers: { 'x-team': 'baton' },
      providerOptions: { azure: { user: 'ada' } },
    });
    expect(path).toBe('/v1/responses');
    expect(headers).toMatchObject({ 'api-key': 'key-of-the-test', 'x-team': 'baton' });
    expect(body).toMatchObject({ model: 'writer', user: 'ada', store: false });
  });

  it('is asked by deployments in its path where the version of the API is a date', async () => {
    const { path, body } = await asked('azure-chat', {
      model: 'writer',
      apiVersion: '2024-10-21',
    });
    expect(path).toBe('/v1/deployments/writer/chat/completions?api-version=2024-10-21');
    expect(body['messages']).toHaveLength(2);
  });

  it('is found by its resource, whatever the environment says', async () => {
    vi.stubEnv('AZURE_RESOURCE_NAME', 'elsewhere');
    const model = { model: 'm', apiKey: 'k', resourceName: 'my-team' };
    expect(await addressOf({ ...model, provider: 'azure' })).toBe(
      'https://my-team.openai.azure.com/openai/v1/responses?api-version=v1',
    );
    expect(await addressOf({ ...model, provider: 'azure-chat', apiVersion: 'preview' })).toBe(
      'https://my-team.openai.azure.com/openai/v1/chat/completions?api-version=preview',
    );
  });

  it('is taken for the models that it is for, whatever a deployment is called', () => {
    const models = [
      { provider: 'azure', model: 'writer', apiKey: 'k', resourceName: 'r' } as const,
    ];
    expect(createLlmRole({ role: 'x', models }).principal).toEqual({
      models: ['azure:writer'],
      modelFamilies: ['gpt'],
    });
  });
});

describe('Amazon Bedrock', () => {
  const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 's', sessionToken: 'token' };

  it('is asked with a key', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'from-the-environment');
    const { path, headers, body } = await asked('bedrock', {
      model: 'meta.llama-x-v1:0',
      region: 'eu-central-1',
      headers: { 'x-team': 'baton' },
      temperature: 0.5,
    });
    expect(path).toBe('/v1/model/meta.llama-x-v1%3A0/converse-stream');
    expect(headers).toMatchObject({
      authorization: 'Bearer key-of-the-test',
      'x-team': 'baton',
    });
    expect(body).toMatchObject({ inferenceConfig: { temperature: 0.5, maxTokens: 16_384 } });
  });

  it('is asked with requests that its own key signs', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'from-the-environment');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'from-the-environment');
    const { baseURL, requests } = await scriptedServer('bedrock', [{ calls: [DONE] }]);
    const role = createLlmRole({
      role: 'code_writer',
      reviews: [],
      models: [{ provider: 'bedrock', model: 'm', region: 'eu-central-1', baseURL, credentials }],
    });
    expect(await role.perform(buildAssignment('implementation'), contextOf())).toEqual(advanced);
    const { headers } = requests[0] as SeenRequest;
    expect(headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDTEST\/\d{8}\/eu-central-1\/bedrock\/aws4_request, /,
    );
    expect(headers['x-amz-security-token']).toBe('token');
  });

  it('is found by its region, whatever the environment says', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://elsewhere');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const model = { provider: 'bedrock', model: 'm', apiKey: 'k' } as const;
    expect(await addressOf({ ...model, region: 'eu-central-1' })).toBe(
      'https://bedrock-runtime.eu-central-1.amazonaws.com/model/m/converse-stream',
    );
    expect(await addressOf({ ...model, region: 'cn-north-1' })).toBe(
      'https://bedrock-runtime.cn-north-1.amazonaws.com.cn/model/m/converse-stream',
    );
  });

  it('counts what was used', async () => {
    const { outcome, context } = await performRole({
      provider: 'bedrock',
      model: { region: 'eu-central-1' },
      script: [{ text: 'Done', calls: [DONE], usage: { input: 90, cached: 30, output: 7 } }],
    });
    await outcome;
    expect(context.used[0]).toMatchObject({
      inputTokens: 90,
      cachedInputTokens: 30,
      outputTokens: 7,
    });
    expect(context.noted).toEqual([]);
  });
});

describe('reasoning effort', () => {
  it.each<[ModelConfig['provider'], Partial<ModelConfig>, object]>([
    ['openai', { model: 'gpt-5' }, { reasoning: { effort: 'high' } }],
    ['openai-chat', { model: 'gpt-5' }, { reasoning_effort: 'high' }],
    ['azure', { model: 'gpt-5' }, { reasoning: { effort: 'high' } }],
    ['azure-chat', { model: 'gpt-5' }, { reasoning_effort: 'high' }],
    ['openai-compatible', {}, { reasoning_effort: 'high' }],
    ['anthropic', { model: 'claude-opus-4-6' }, { output_config: { effort: 'high' } }],
    ['anthropic', { model: 'claude-sonnet-4-0' }, { thinking: { type: 'enabled' } }],
    [
      'google',
      { model: 'gemini-3-pro-preview' },
      { generationConfig: { thinkingConfig: { thinkingLevel: 'high' } } },
    ],
    [
      'bedrock',
      { model: 'anthropic.claude-sonnet-4-20250514-v1:0', region: 'eu-central-1' },
      { additionalModelRequestFields: { thinking: { type: 'enabled' } } },
    ],
  ])('is said to %s in its own words', async (provider, model, words) => {
    const { body } = await asked(provider, { ...model, reasoningEffort: 'high' });
    expect(body).toMatchObject(words);
  });

  it('is left to the provider where nothing is said', async () => {
    const { text } = await asked('openai', { model: 'gpt-5' });
    expect(text).not.toContain('"effort"');
  });
});

it.each<[Partial<ModelConfig>, string]>([
  [{ provider: 'azure' }, 'expected either resourceName or baseURL'],
  [{ provider: 'azure', resourceName: 'a/b' }, 'resourceName: Invalid string'],
  [
    { provider: 'azure', resourceName: 'r', apiVersion: '2024-10-21' },
    'apiVersion is 2024-10-21, expected v1 or preview; dates go with azure-chat',
  ],
  [{ provider: 'openai', apiVersion: 'v1' }, 'apiVersion is for azure and azure-chat only'],
  [{ provider: 'bedrock' }, 'region is missing, expected one such as eu-central-1'],
  [{ provider: 'bedrock', region: 'eu/x-1' }, 'region: Invalid string'],
  [
    {
      provider: 'bedrock',
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    },
    'expected either apiKey or credentials',
  ],
  [{ provider: 'anthropic', headers: { 'x-team': 'a\nb: c' } }, 'headers.x-team: Invalid string'],
  [{ provider: 'anthropic', headers: { 'x team': 'a' } }, 'headers.x team: Invalid key'],
  [{ provider: 'anthropic', contextTokens: 10 }, 'contextTokens: Too small'],
  [{ provider: 'anthropic', reasoningEffort: 'much' as 'high' }, 'reasoningEffort: Invalid option'],
])('what cannot work is refused when the role is made: %j', (changes, message) => {
  const model = { provider: 'openai', model: 'm', apiKey: 'k', ...changes } as ModelConfig;
  expect(() => createLlmRole({ role: 'x', models: [model] })).toThrow(message);
});

it('a key that Azure refuses is named as the cause', async () => {
  const { outcome } = await performRole({
    provider: 'azure',
    script: [{ error: { status: 401, body: { error: { message: 'no such key' } } } }],
  });
  const error = await failure(outcome);
  expect(error).toMatchObject({ code: 'invalid_input' });
  expect(error.message).toContain('azure:scripted refused the key');
});
