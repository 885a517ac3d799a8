import { BatonError } from '@baton/core';
import type { LanguageModel } from 'ai';
import { loadPackage } from './load-package.ts';
import { checkModel, type ModelConfig, type ModelOptions } from './model-config.ts';
import { usageFetch } from './repair-usage.ts';

/** Explicit addresses: the packages would otherwise read them from the environment. */
const DEFAULT_URLS = {
  openai: 'https://api.openai.com/v1',
  'openai-chat': 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
} as const;

type Model = Exclude<LanguageModel, string>;

/**
 * Creates the model that a configuration describes. Loads the provider's package, an optional peer
 * dependency.
 *
 * @param ask sends its requests. Default: the global `fetch`.
 * @throws BatonError `invalid_input` when the package is not installed or the configuration cannot work.
 * @example
 * import { createModel } from '@baton/adapters/llm';
 * const model = await createModel({ provider: 'openai', model: 'gpt-5' });
 */
export async function createModel(
  options: ModelOptions,
  ask: typeof fetch = fetch,
): Promise<Model> {
  checkModel(options);
  return 'languageModel' in options ? options.languageModel : fromProvider(options, ask);
}

async function fromProvider(config: ModelConfig, ask: typeof fetch): Promise<Model> {
  const { provider, model, baseURL, apiKey, headers } = config;
  const common = { ...(apiKey && { apiKey }), ...(headers && { headers }), fetch: usageFetch(ask) };
  switch (provider) {
    case 'openai':
    case 'openai-chat': {
      const { createOpenAI } = await loadPackage('@ai-sdk/openai', () => import('@ai-sdk/openai'));
      const openai = createOpenAI({ ...common, baseURL: baseURL ?? DEFAULT_URLS[provider] });
      return provider === 'openai' ? openai.responses(model) : openai.chat(model);
    }
    case 'anthropic': {
      const { createAnthropic } = await loadPackage(
        '@ai-sdk/anthropic',
        () => import('@ai-sdk/anthropic'),
      );
      return createAnthropic({ ...common, baseURL: baseURL ?? DEFAULT_URLS.anthropic })(model);
    }
    case 'google': {
      const { createGoogle } = await loadPackage('@ai-sdk/google', () => import('@ai-sdk/google'));
      return createGoogle({ ...common, baseURL: baseURL ?? DEFAULT_URLS.google })(model);
    }
    case 'azure':
    case 'azure-chat': {
      const { createAzure } = await loadPackage('@ai-sdk/azure', () => import('@ai-sdk/azure'));
      const { apiVersion = 'v1', resourceName } = config;
      const azure = createAzure({
        ...common,
        baseURL: baseURL ?? `https://${resourceName}.openai.azure.com/openai`,
        apiVersion,
        useDeploymentBasedUrls: /^\d/.test(apiVersion),
      });
      return provider === 'azure' ? azure.responses(model) : azure.chat(model);
    }
    case 'bedrock': {
      const { createAmazonBedrock } = await loadPackage(
        '@ai-sdk/amazon-bedrock',
        () => import('@ai-sdk/amazon-bedrock'),
      );
      const { region = '', credentials } = config;
      return createAmazonBedrock({
        // An empty key keeps the package from reading one from the environment.
        apiKey: apiKey ?? '',
        fetch: ask,
        ...(headers && { headers }),
        region,
        baseURL: baseURL ?? bedrockUrl(region),
        ...(credentials && {
          credentialProvider: async () => credentials,
        }),
      })(model);
    }
    case 'openai-compatible': {
      const { createOpenAICompatible } = await loadPackage(
        '@ai-sdk/openai-compatible',
        () => import('@ai-sdk/openai-compatible'),
      );
      if (baseURL === undefined) throw new BatonError('internal', 'baseURL was not checked');
      return createOpenAICompatible({
        ...common,
        name: 'openai-compatible',
        baseURL,
        // Without this option, such servers report no usage.
        includeUsage: true,
      })(model);
    }
  }
}

/** Regions whose addresses end differently need a `baseURL`. */
function bedrockUrl(region: string): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://bedrock-runtime.${region}.${suffix}`;
}
