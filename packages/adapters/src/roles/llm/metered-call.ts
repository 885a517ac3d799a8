import { BatonError, type Redact, type RoleContext } from '@baton/core';
import type { LanguageModel } from 'ai';
import type { Sdk } from './load-package.ts';
import type { Meter } from './meter.ts';
import { callModel, type ModelAnswer, type ModelRequest } from './model-call.ts';
import type { ModelOptions } from './model-config.ts';
import { REFUSED_CALL, usageOf } from './price-usage.ts';
import { modelName } from './principal.ts';
import { estimateOf, readUsage } from './read-usage.ts';
import { createTextProgress } from './text-progress.ts';
import type { TokenEstimate } from './token-estimate.ts';
import { wasRefused } from './was-refused.ts';

/** A model that is ready to be called. */
export interface ChainModel {
  readonly options: ModelOptions;
  readonly languageModel: Exclude<LanguageModel, string>;
}

export interface MeteredCallOptions {
  readonly sdk: Sdk;
  readonly meter: Meter;
  readonly estimate: TokenEstimate;
  readonly context: Pick<RoleContext, 'signal' | 'progress' | 'note'>;
  readonly redact: Redact;
}

export type MeteredCall = (model: ChainModel, request: ModelRequest) => Promise<ModelAnswer>;

const DEFAULT_TIMEOUT_MS = 600_000;

/**
 * Calls a model within the allowance and its time limit. Every call is counted once, whether it
 * succeeds, fails or is aborted.
 *
 * @throws BatonError `budget_spent` before the call, `deadline_exceeded` (retryable) after the time
 * limit, `cancelled`; what else went wrong as the AI SDK found it.
 */
export function createMeteredCall(options: MeteredCallOptions): MeteredCall {
  const { sdk, meter, estimate, context, redact } = options;
  const noted = new Set<ModelOptions>();
  const text = createTextProgress(context.progress, redact);
  return async ({ options: model, languageModel }, request) => {
    const bytes = Buffer.byteLength(JSON.stringify(request));
    const inputTokens = estimate.tokens(bytes);
    const maxOutputTokens = meter.reserve(model, inputTokens);
    const timeout = AbortSignal.timeout(model.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const signal = AbortSignal.any([context.signal, timeout]);
    let characters = 0;
    const listener = {
      onText: text.add,
      onWarning: (message: string) => context.progress(`${modelName(model)}: ${message}`),
      onOutput: (count: number) => {
        characters += count;
      },
    };
    const estimated = () => estimateOf({ bytes, inputTokens, maxOutputTokens, characters });
    try {
      const call = { sdk, languageModel, model, maxOutputTokens, signal, listener };
      const answer = await callModel(request, call);
      text.end(answer.finishReason === 'length' ? 'cut' : 'whole');
      const { tokens, odd, inputCounted } = readUsage(answer.usage, estimated());
      meter.count(usageOf(model, tokens));
      if (inputCounted) estimate.learn(bytes, tokens.inputTokens);
      if (odd.length > 0 && !noted.has(model)) {
        noted.add(model);
        context.note({ code: 'usage_estimated', message: estimatedNote(model, odd) });
      }
      return answer;
    } catch (reason) {
      text.end('cut');
      const refused = characters === 0 && !signal.aborted && wasRefused(reason);
      const { tokens } = readUsage(undefined, estimated());
      meter.count(refused ? REFUSED_CALL : usageOf(model, tokens));
      if (context.signal.aborted) throw cancelled(context.signal.reason);
      if (timeout.aborted) throw timedOut(model);
      throw reason;
    }
  };
}

function estimatedNote(model: ModelOptions, odd: readonly string[]): string {
  const name = modelName(model);
  return `${name} reported token counts that cannot be right (${odd.join(', ')}): estimates are counted in their place; other calls of this attempt may have been alike`;
}

/** Why an aborted attempt ends. */
export function cancelled(reason: unknown): BatonError {
  if (BatonError.is(reason)) return reason;
  return new BatonError('cancelled', 'the assignment was cancelled', { cause: reason });
}

function timedOut(model: ModelOptions): BatonError {
  const limit = model.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const message = `${modelName(model)} did not finish its answer within ${limit} ms`;
  return new BatonError('deadline_exceeded', message, { metadata: { model: modelName(model) } });
}
