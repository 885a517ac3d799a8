import { BatonError, type Redact, type RoleContext } from '@baton/core';
import type { LanguageModel } from 'ai';
import type { Sdk } from './load-package.ts';
import type { Meter } from './meter.ts';
import { callModel, type ModelAnswer, type ModelRequest } from './model-call.ts';
import type { ModelOptions } from './model-config.ts';
import { REFUSED_CALL, usageOf } from './price-usage.ts';
import { modelName } from './principal.ts';
import { createTextProgress } from './text-progress.ts';
import { createTokenEstimate } from './token-estimate.ts';
import { wasRefused } from './was-refused.ts';

/** A model that is ready to be called. */
export interface LineModel {
  readonly options: ModelOptions;
  readonly languageModel: Exclude<LanguageModel, string>;
}

export interface CountedCallOptions {
  readonly sdk: Sdk;
  readonly meter: Meter;
  readonly context: Pick<RoleContext, 'signal' | 'progress'>;
  readonly redact: Redact;
}

export type CountedCall = (model: LineModel, request: ModelRequest) => Promise<ModelAnswer>;

const DEFAULT_TIMEOUT_MS = 600_000;
const CHARACTERS_PER_TOKEN = 3;

/**
 * Calls a model within the allowance and its time limit. Every call is counted once, whether it
 * succeeds, fails or is aborted.
 *
 * @throws BatonError `budget_spent` before the call, `deadline_exceeded` (retryable) after the time
 * limit, `cancelled`; what else went wrong as the AI SDK found it.
 */
export function createCountedCall(options: CountedCallOptions): CountedCall {
  const { sdk, meter, context, redact } = options;
  const estimate = createTokenEstimate();
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
    const estimated = () => ({
      inputTokens,
      outputTokens: Math.min(maxOutputTokens, Math.ceil(characters / CHARACTERS_PER_TOKEN)),
    });
    try {
      const call = { sdk, languageModel, model, maxOutputTokens, signal, listener };
      const answer = await callModel(request, call);
      text.end(answer.finishReason === 'length' ? 'cut' : 'whole');
      meter.count(usageOf(model, answer.usage, estimated()));
      estimate.learn(bytes, answer.usage.inputTokens ?? 0);
      return answer;
    } catch (reason) {
      text.end('cut');
      const refused = characters === 0 && !signal.aborted && wasRefused(reason);
      meter.count(refused ? REFUSED_CALL : usageOf(model, undefined, estimated()));
      if (context.signal.aborted) throw cancelled(context.signal.reason);
      if (timeout.aborted) throw timedOut(model);
      throw reason;
    }
  };
}

/** Why an aborted attempt ends. */
export function cancelled(reason: unknown): BatonError {
  if (reason instanceof BatonError) return reason;
  return new BatonError('cancelled', 'the assignment was cancelled', { cause: reason });
}

function timedOut(model: ModelOptions): BatonError {
  const limit = model.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const message = `${modelName(model)} did not finish its answer within ${limit} ms`;
  return new BatonError('deadline_exceeded', message, { metadata: { model: modelName(model) } });
}
