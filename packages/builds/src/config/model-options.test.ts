import { describe, expect, it } from 'vitest';
import { checkVariables } from '../doctor/check-variables.ts';
import { configSchema } from './config-schema.ts';
import { createConfigRedactor } from './create-config-redactor.ts';
import type { Config } from './load-config.ts';
import { fallbackChain } from './model-options.ts';
import { modelsSchema } from './model-schema.ts';

const run = { argv: ['x'] };

function configOf(model: object): Config {
  return configSchema.parse({
    models: { m: model },
    roles: { code_writer: { model: 'm' } },
    commands: {
      test: run,
      verify: [{ name: 'x', ...run }],
      deploy: { ...run, target: 'x' },
      smoke: [{ name: 'x', ...run }],
    },
  }) as unknown as Config;
}

const optionsOf = (model: object, env: Readonly<Record<string, string>>) =>
  fallbackChain('m', configOf(model), env)[0];

const problems = (model: object): string =>
  modelsSchema
    .safeParse({ m: model })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('\n') ?? '';

describe('headers of a model', () => {
  const model = {
    provider: 'openai',
    model: 'gpt-x',
    headers: { 'x-team': 'web', 'x-gateway': `Bearer \${GATEWAY_TOKEN} for \${GATEWAY_USER}` },
  };
  const env = {
    OPENAI_API_KEY: 'key',
    GATEWAY_TOKEN: 'opaque-gateway-token',
    GATEWAY_USER: 'ada-of-the-web',
  };

  it('get their values from the environment where they name variables', () => {
    expect(optionsOf(model, env)).toEqual({
      provider: 'openai',
      model: 'gpt-x',
      apiKey: 'key',
      headers: { 'x-team': 'web', 'x-gateway': 'Bearer opaque-gateway-token for ada-of-the-web' },
    });
  });

  it('have these values masked', () => {
    const redact = createConfigRedactor(configOf(model), env);
    expect(redact('sent opaque-gateway-token')).toBe('sent [secret]');
  });

  it('are refused while a variable is not set, by doctor too', () => {
    const { GATEWAY_TOKEN: _, ...rest } = env;
    expect(() => optionsOf(model, rest)).toThrow(
      'models.m: the environment variable GATEWAY_TOKEN is not set; expected what openai needs',
    );
    expect(checkVariables(configOf(model), rest)).toContainEqual({
      name: 'models.m',
      verdict: 'problem',
      found: 'GATEWAY_TOKEN is not set',
      advice: 'set it: models.m sends it to openai',
    });
    expect(checkVariables(configOf(model), env)[0]?.verdict).toBe('ok');
  });

  it('are refused with what no header can have, without showing it', () => {
    const two = { ...env, GATEWAY_TOKEN: 'opaque-one\nx-evil: 1' };
    expect(() => optionsOf(model, two)).toThrow(
      'models.m.headers.x-gateway: found characters in its environment variables that no header can have; expected one line of Latin-1',
    );
    const ended = optionsOf(model, { ...env, GATEWAY_USER: 'ada\n' });
    const value = expect.stringMatching(/for ada$/);
    expect(ended).toMatchObject({ headers: { 'x-gateway': value } });
  });

  it.each([
    [{ 'x team': 'a' }, 'm.headers.x team: Invalid key in record'],
    [{ 'x-team': 'a\nb' }, 'm.headers.x-team: expected one line'],
    [
      { 'x-team': `\${my-token}` },
      `m.headers.x-team: expected \${NAME} with the name of an environment variable`,
    ],
  ])('are refused where they mean nothing: %j', (headers, problem) => {
    expect(problems({ ...model, headers })).toContain(problem);
  });
});

describe('a model of Bedrock', () => {
  const model = { provider: 'bedrock', model: 'm', region: 'eu-central-1' };
  const aws = { AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'very-secret-aws-key' };

  it('takes its key, or what requests are signed with', () => {
    const key = { AWS_BEARER_TOKEN_BEDROCK: 'bedrock-key' };
    expect(optionsOf(model, { ...aws, ...key })).toEqual({ ...model, apiKey: 'bedrock-key' });
    expect(optionsOf({ ...model, apiKeyEnv: 'MINE' }, { ...aws, MINE: 'own' })).toEqual({
      ...model,
      apiKey: 'own',
    });
    const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'very-secret-aws-key' };
    expect(optionsOf(model, aws)).toEqual({ ...model, credentials });
    expect(optionsOf(model, { ...aws, AWS_SESSION_TOKEN: 'session' })).toEqual({
      ...model,
      credentials: { ...credentials, sessionToken: 'session' },
    });
  });

  it('has all of it masked', () => {
    const env = { ...aws, AWS_SESSION_TOKEN: 'session-of-the-test' };
    const redact = createConfigRedactor(configOf(model), env);
    expect(redact('very-secret-aws-key session-of-the-test')).toBe('[secret] [secret]');
  });

  it('is refused with what is missing', () => {
    expect(() => optionsOf(model, {})).toThrow('AWS_BEARER_TOKEN_BEDROCK is not set');
    expect(() => optionsOf(model, { AWS_ACCESS_KEY_ID: 'a' })).toThrow(
      'the environment variable AWS_SECRET_ACCESS_KEY is not set; expected what bedrock needs',
    );
  });
});

it('other settings go to the adapter as they are', () => {
  const model = {
    provider: 'azure-chat',
    model: 'writer',
    resourceName: 'my-team',
    apiVersion: '2024-10-21',
    reasoningEffort: 'low',
    contextTokens: 50_000,
    timeoutSeconds: 1.5,
  };
  const { timeoutSeconds: _, ...rest } = model;
  expect(optionsOf(model, { AZURE_API_KEY: 'k' })).toEqual({
    ...rest,
    apiKey: 'k',
    timeoutMs: 1500,
  });
});

it.each([
  [{ provider: 'azure' }, 'm.resourceName: found neither; expected either resourceName or baseUrl'],
  [
    { provider: 'azure', resourceName: 'r', baseUrl: 'https://x.example' },
    'm.resourceName: found both; expected either',
  ],
  [{ provider: 'azure', resourceName: 'r', apiVersion: '2024-10-21' }, 'm.apiVersion: is a date'],
  [{ provider: 'azure', resourceName: 'r', apiVersion: 'now' }, 'm.apiVersion: expected v1'],
  [{ provider: 'bedrock' }, 'm.region: found nothing; expected one such as eu-central-1'],
  [{ provider: 'bedrock', region: 'x/y' }, 'm.region: expected a region such as eu-central-1'],
  [{ provider: 'openai', region: 'eu-central-1' }, 'm.region: is for bedrock only'],
  [{ provider: 'openai', resourceName: 'r' }, 'm.resourceName: is for azure and azure-chat only'],
  [{ provider: 'openai', reasoningEffort: 'much' }, 'm.reasoningEffort: Invalid option'],
  [{ provider: 'openai', contextTokens: 12 }, 'm.contextTokens: Too small'],
  [{ provider: 'openai-compatible' }, 'm.baseUrl: found nothing; expected the address'],
])('a model that cannot work is refused: %j', (changes, problem) => {
  expect(problems({ model: 'm', ...changes })).toContain(problem);
});
