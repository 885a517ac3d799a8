import { z } from 'zod';
import { text, timeoutSeconds } from './argv-schema.ts';

/** Where the key of each provider is looked for, unless the configuration names another variable. */
export const KEY_VARIABLES = {
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
  openai: 'OPENAI_API_KEY',
  'openai-chat': 'OPENAI_API_KEY',
  'openai-compatible': undefined,
} as const;

const amount = z.number().nonnegative();

const modelEntry = z.strictObject({
  provider: z
    .enum(['anthropic', 'google', 'openai', 'openai-chat', 'openai-compatible'])
    .describe('openai speaks the responses API, openai-chat the older chat completions'),
  model: text.max(200).describe("The provider's name for it"),
  baseUrl: z
    // Without the name, localhost:11434 is an address of a protocol called localhost.
    .url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:11434/v1' })
    .optional()
    .describe('Needed for openai-compatible: Ollama, vLLM, LM Studio …'),
  apiKeyEnv: text
    .optional()
    .describe('Environment variable with the key. Default: the usual one of the provider'),
  family: text.max(100).optional().describe("For separations. Default: told from the model's name"),
  temperature: z.number().min(0).max(2).optional(),
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

const modelSchema = modelEntry.refine(
  ({ provider, baseUrl }) => provider !== 'openai-compatible' || baseUrl !== undefined,
  {
    path: ['baseUrl'],
    error: 'found nothing; expected the address of its API, such as http://127.0.0.1:11434/v1',
  },
);

/** The models that roles can name. */
export const modelsSchema = z.record(text, modelSchema);

export type ModelEntry = z.output<typeof modelSchema>;
