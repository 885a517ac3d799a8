import type { SpanAttributes, SpanOptions } from '@baton/core/api';

/*
 * The semantic conventions of OpenTelemetry for generative AI (gen_ai.*), in one place. No prompts, no answers, no
 * arguments of tools: what is said stays out of traces.
 */

/** Providers as the conventions name them; others keep their own name. */
const PROVIDERS: Readonly<Record<string, string>> = {
  google: 'gcp.gemini',
  gemini: 'gcp.gemini',
  bedrock: 'aws.bedrock',
  azure: 'azure.ai.openai',
  'azure-chat': 'azure.ai.openai',
  'openai-chat': 'openai',
};

export interface TracedModel {
  readonly provider: string;
  readonly model: string;
}

/** A request to a model. */
export function modelSpan({ provider, model }: TracedModel): readonly [string, SpanOptions] {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': PROVIDERS[provider] ?? provider,
    'gen_ai.request.model': model,
  };
  return [`chat ${model}`, { kind: 'client', attributes }];
}

export interface TracedTokens {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly finishReason?: string | undefined;
}

/** What a request to a model has used, and how its answer ended. */
export function modelFacts({
  inputTokens,
  outputTokens,
  finishReason,
}: TracedTokens): SpanAttributes {
  return {
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.output_tokens': outputTokens,
    'gen_ai.response.finish_reason': finishReason,
  };
}

/** A call of a tool that a model made. */
export function toolSpan(name: string): readonly [string, SpanOptions] {
  const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name };
  return [`execute_tool ${name}`, { attributes }];
}

/** An agent that performs an assignment. */
export function agentSpan(name: string): readonly [string, SpanOptions] {
  const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name };
  return [`invoke_agent ${name}`, { attributes }];
}
