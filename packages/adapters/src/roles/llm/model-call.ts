import { BatonError } from '@baton/core';
import type { AssistantModelMessage, LanguageModel, LanguageModelUsage, ModelMessage } from 'ai';
import type { Sdk } from './load-package.ts';
import { type ModelOptions, providerOptionsOf } from './model-config.ts';

/** What a model learns about a tool. */
export interface ToolDescription {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: object;
}

export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolDescription[];
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote it; a string when it is not JSON. */
  readonly input: unknown;
}

export interface ModelAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** Why the answer ended: `stop`, `tool-calls`, `length`, `content-filter` … */
  readonly finishReason: string;
  readonly usage: LanguageModelUsage;
  /** The answer as the next request must repeat it. */
  readonly messages: readonly AssistantModelMessage[];
}

/** Follows an answer while it arrives. */
interface AnswerListener {
  onText(delta: string): void;
  /** Called for all output, text or not, with its number of characters. */
  onOutput(characters: number): void;
  onWarning(message: string): void;
}

export interface ModelCallOptions {
  readonly sdk: Sdk;
  readonly languageModel: Exclude<LanguageModel, string>;
  readonly model: ModelOptions;
  readonly maxOutputTokens: number;
  readonly signal: AbortSignal;
  readonly listener: AnswerListener;
}

/**
 * Calls a model once and reads its answer to the end. It runs no tools and retries nothing.
 *
 * @throws the error of the AI SDK unchanged, or the reason of the abort.
 */
export async function callModel(
  request: ModelRequest,
  options: ModelCallOptions,
): Promise<ModelAnswer> {
  const { sdk, languageModel, model, maxOutputTokens, signal, listener } = options;
  const schemas = request.tools.map(({ name, description, inputSchema }) => [
    name,
    sdk.tool({ description, inputSchema: sdk.jsonSchema(inputSchema) }),
  ]);
  const result = sdk.streamText({
    model: quietModel(sdk, languageModel, listener.onWarning),
    instructions: request.system,
    messages: [...request.messages],
    tools: Object.fromEntries(schemas),
    maxOutputTokens,
    ...(model.temperature !== undefined && { temperature: model.temperature }),
    ...(model.reasoningEffort !== undefined && { reasoning: model.reasoningEffort }),
    providerOptions: providerOptionsOf(model),
    maxRetries: 0,
    abortSignal: signal,
    // Errors also arrive in the stream; without this handler the SDK prints them.
    onError: () => undefined,
  });
  let text = '';
  let ending: { finishReason: string; usage: LanguageModelUsage } | undefined;
  const toolCalls: ToolCall[] = [];
  for await (const part of result.stream) {
    switch (part.type) {
      case 'text-delta':
        text += part.text;
        listener.onOutput(part.text.length);
        listener.onText(part.text);
        break;
      case 'reasoning-delta':
        listener.onOutput(part.text.length);
        break;
      case 'tool-input-delta':
        listener.onOutput(part.delta.length);
        break;
      case 'tool-call':
        toolCalls.push({ id: part.toolCallId, name: part.toolName, input: part.input });
        break;
      case 'finish-step':
        ending = { finishReason: part.finishReason, usage: part.usage };
        break;
      case 'error':
        throw part.error;
      case 'abort':
        throw signal.reason;
    }
  }
  if (ending === undefined) throw new BatonError('unavailable', 'the answer broke off');
  const messages = (await result.responseMessages).filter(({ role }) => role === 'assistant');
  return { text, toolCalls, ...ending, messages: messages as AssistantModelMessage[] };
}

/**
 * Wraps a model so that its warnings, such as about an unsupported setting, go to `onWarning`. The AI SDK
 * would emit them as process warnings, which belong to the application.
 */
function quietModel(
  sdk: Sdk,
  model: Exclude<LanguageModel, string>,
  onWarning: (message: string) => void,
): LanguageModel {
  return sdk.wrapLanguageModel({
    model,
    middleware: {
      async wrapStream({ doStream }) {
        const { stream, ...rest } = await doStream();
        const quiet = stream.pipeThrough(
          new TransformStream({
            transform(part, controller) {
              if (part.type !== 'stream-start') return controller.enqueue(part);
              for (const warning of part.warnings) onWarning(describe(warning));
              controller.enqueue({ ...part, warnings: [] });
            },
          }),
        );
        return { ...rest, stream: quiet };
      },
    },
  });
}

function describe(warning: object): string {
  const { type: _type, ...facts } = warning as { type?: unknown };
  return Object.values(facts)
    .filter((fact) => typeof fact === 'string')
    .join(': ');
}
