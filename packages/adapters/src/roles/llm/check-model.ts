import { BatonError } from '@baton/core';
import {
  type ModelConfig,
  type ModelOptions,
  modelConfigSchema,
  ownModelSchema,
} from './model-config.ts';

/** Checks a model when its role is created, so that a mistake shows before the first build. */
export function checkModel(options: ModelOptions): ModelOptions {
  const schema = 'languageModel' in options ? ownModelSchema : modelConfigSchema;
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
    throw wrong(options, problems.join('; '));
  }
  if ('languageModel' in options) return options;
  const problem = problemOf(options);
  if (problem !== undefined) throw wrong(options, problem);
  return options;
}

/** Settings that only some providers have. */
const BELONGINGS = {
  resourceName: ['azure', 'azure-chat'],
  apiVersion: ['azure', 'azure-chat'],
  region: ['bedrock'],
  credentials: ['bedrock'],
} as const satisfies Partial<Record<keyof ModelConfig, readonly ModelConfig['provider'][]>>;

function problemOf(config: ModelConfig): string | undefined {
  const { provider, apiKey, baseURL, resourceName, apiVersion, region, credentials } = config;
  for (const [name, providers] of Object.entries(BELONGINGS)) {
    if (config[name as keyof typeof BELONGINGS] === undefined) continue;
    if (providers.some((one) => one === provider)) continue;
    return `${name} is for ${providers.join(' and ')} only`;
  }
  switch (provider) {
    case 'openai-compatible':
      return baseURL === undefined
        ? 'baseURL is missing, expected the address of its API'
        : undefined;
    case 'bedrock':
      if (region === undefined) return 'region is missing, expected one such as eu-central-1';
      if ((apiKey === undefined) === (credentials === undefined)) {
        return 'expected either apiKey or credentials';
      }
      return undefined;
    case 'azure':
    case 'azure-chat':
      if ((baseURL === undefined) === (resourceName === undefined)) {
        return 'expected either resourceName or baseURL';
      }
      if (provider === 'azure' && apiVersion !== undefined && /^\d/.test(apiVersion)) {
        return `apiVersion is ${apiVersion}, expected v1 or preview; dates go with azure-chat`;
      }
      break;
  }
  return apiKey === undefined ? 'apiKey is missing' : undefined;
}

function wrong({ provider, model }: ModelOptions, problem: string): BatonError {
  return new BatonError(
    'invalid_input',
    `the model ${provider}:${model} cannot be used: ${problem}`,
  );
}
