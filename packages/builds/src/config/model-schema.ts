import type { ModelConfig } from '@baton/adapters/llm';
import { z } from 'zod';
import { text, timeoutSeconds } from './argv-schema.ts';

type Provider = ModelConfig['provider'];

/** Where the key of each provider is looked for, unless the configuration names another variable. */
export const KEY_VARIABLES = {
  anthropic: 'ANTHROPIC_API_KEY',
  azure: 'AZURE_API_KEY',
  'azure-chat': 'AZURE_API_KEY',
  bedrock: 'AWS_BEARER_TOKEN_BEDROCK',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
  openai: 'OPENAI_API_KEY',
  'openai-chat': 'OPENAI_API_KEY',
  'openai-compatible': undefined,
} as const satisfies Record<Provider, string | undefined>;

/** `${NAME}` in a header: the value of an environment variable. */
export const HEADER_VARIABLES = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

const amount = z.number().nonnegative();

const header = z
  .string()
  .max(8192)
  .regex(/^[\t -~\u0080-\u00ff]*$/, 'expected one line of Latin-1')
  .refine((value) => !value.replaceAll(HEADER_VARIABLES, '').includes('${'), {
    error: `expected \${NAME} with the name of an environment variable`,
  });

const modelEntry = z.strictObject({
  provider: z
    .enum(Object.keys(KEY_VARIABLES) as [Provider, ...Provider[]])
    .describe('openai and azure speak the responses API, -chat the older chat completions'),
  model: text.max(200).describe("The provider's name for it; of azure, the deployment's"),
  baseUrl: z
    // Without the name, localhost:11434 is an address of a protocol called localhost.
    .url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:11434/v1' })
    .optional()
    .describe('Needed for openai-compatible: Ollama, vLLM, LM Studio …'),
  apiKeyEnv: text
    .optional()
    .describe('Environment variable with the key. Default: the usual one of the provider'),
  headers: z
    .record(text.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected the name of a header'), header)
    .optional()
    .describe(
      `Sent with every request. \${NAME} stands for an environment variable, whose value is masked`,
    ),
  resourceName: text
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i, 'expected letters, digits and hyphens')
    .optional()
    .describe('The resource of azure; or its address as baseUrl'),
  apiVersion: text
    .regex(/^(v1|preview|\d{4}-\d{2}-\d{2}(-preview)?)$/, 'expected v1, preview or a date')
    .optional()
    .describe('Of azure; default v1. Dates are for azure-chat, by deployments in its path'),
  region: text
    .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'expected a region such as eu-central-1')
    .optional()
    .describe('Of bedrock, such as eu-central-1'),
  family: text.max(100).optional().describe("For separations. Default: told from the model's name"),
  temperature: z.number().min(0).max(2).optional(),
  reasoningEffort: z
    .enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'])
    .optional()
    .describe("How much it thinks, in each provider's own words. Default: the provider's"),
  contextTokens: z
    .int()
    .min(1000)
    .max(100_000_000)
    .optional()
    .describe(
      'What a request and its answer may have together. Default: by its name, else 128,000',
    ),
  maxOutputTokens: z.int().positive().optional().describe('Of one answer, reasoning included'),
  timeoutSeconds: timeoutSeconds.describe('Seconds until one call is given up'),
  price: z
    .strictObject({
      input: amount,
      cachedInput: amount.optional().describe('Default: as input'),
      cacheWriteInput: amount.optional().describe('Default: as input; Anthropic 1.25 times that'),
      output: amount,
    })
    .optional()
    .describe('Per million tokens, in one currency for all models. Without it, cost is unknown'),
  fallback: z
    .array(text)
    .max(10)
    .optional()
    .describe('Names of models to use, in this order, when this one is overloaded'),
});

const modelSchema = modelEntry.superRefine((entry, context) => {
  const { provider } = entry;
  for (const [path, message] of problemsOf(entry)) {
    context.addIssue({ code: 'custom', path: [path], message });
  }
  for (const [name, providers] of Object.entries(BELONGINGS)) {
    if (entry[name as keyof typeof BELONGINGS] === undefined) continue;
    if (providers.some((one) => one === provider)) continue;
    const message = `is for ${providers.join(' and ')} only`;
    context.addIssue({ code: 'custom', path: [name], message });
  }
});

/** What belongs to some providers only. */
const BELONGINGS = {
  resourceName: ['azure', 'azure-chat'],
  apiVersion: ['azure', 'azure-chat'],
  region: ['bedrock'],
} as const;

function problemsOf({
  provider,
  baseUrl,
  resourceName,
  apiVersion = 'v1',
  region,
}: z.output<typeof modelEntry>): readonly (readonly [string, string])[] {
  switch (provider) {
    case 'openai-compatible':
      if (baseUrl !== undefined) return [];
      return [
        [
          'baseUrl',
          'found nothing; expected the address of its API, such as http://127.0.0.1:11434/v1',
        ],
      ];
    case 'azure':
    case 'azure-chat': {
      const problems: [string, string][] = [];
      if ((baseUrl === undefined) === (resourceName === undefined)) {
        const found = baseUrl === undefined ? 'neither' : 'both';
        problems.push(['resourceName', `found ${found}; expected either resourceName or baseUrl`]);
      }
      if (provider === 'azure' && /^\d/.test(apiVersion)) {
        problems.push([
          'apiVersion',
          'is a date; expected v1 or preview, or the provider azure-chat',
        ]);
      }
      return problems;
    }
    case 'bedrock':
      return region === undefined
        ? [['region', 'found nothing; expected one such as eu-central-1']]
        : [];
    default:
      return [];
  }
}

/** The models that roles can name. */
export const modelsSchema = z.record(text, modelSchema);

export type ModelEntry = z.output<typeof modelSchema>;
