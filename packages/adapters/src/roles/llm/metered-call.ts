import { BatonError, type RoleContext } from '@baton/core';
import { traced } from '@baton/core/internal';
import type { LanguageModel } from 'ai';
import type { Ledger } from '../../metering/ledger.ts';
import { modelFacts, modelSpan } from '../../tracing/gen-ai.ts';
import { outputTokensOf, type TokenEstimate } from './context-window.ts';
import type { Sdk } from './load-package.ts';
import { callModel, type ModelAnswer, type ModelRequest } from './model-call.ts';
import type { ModelOptions } from './model-config.ts';
import { REFUSED_CALL, usageOf } from './price-usage.ts';
import { modelName } from './principal.ts';
import { estimateOf, readUsage } from './read-usage.ts';
import { createTextProgress, type TextContext } from './text-progress.ts';

/** A model that is ready to be called. */
export interface ChainModel {
  readonly options: ModelOptions;
  readonly languageModel: Exclude<LanguageModel, string>;
}

export interface MeteredCallOptions {
  readonly sdk: Sdk;
  readonly ledger: Ledger;
  readonly estimate: TokenEstimate;
  readonly context: Pick<RoleContext, 'signal' | 'note' | 'telemetry'> & TextContext;
}

export type MeteredCall = (model: ChainModel, request: ModelRequest) => Promise<ModelAnswer>;

const DEFAULT_TIMEOUT_MS = 600_000;

/**
 * Calls a model within its allowance and its time limit. Counts every call once, whether it succeeds, fails
 * or is aborted.
 *
 * @throws BatonError `budget_spent` before the call, `deadline_exceeded` (retryable) after the time limit,
 * `cancelled`; other errors as the AI SDK throws them.
 */
export function createMeteredCall(options: MeteredCallOptions): MeteredCall {
  const { sdk, ledger, estimate, context } = options;
  const noted = new Set<ModelOptions>();
  const text = createTextProgress(context);
  const call: MeteredCall = async ({ options: model, languageModel }, request) => {
    const bytes = Buffer.byteLength(JSON.stringify(request));
    const inputTokens = estimate.tokens(bytes);
    const reservation = await ledger.reserve(
      model,
      inputTokens,
      outputTokensOf(model),
      context.signal,
    );
    const maxOutputTokens = reservation.outputTokens;
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
      const asked = { sdk, languageModel, model, maxOutputTokens, signal, listener };
      const answer = await callModel(request, asked);
      text.end(answer.finishReason === 'length' ? 'cut' : 'whole');
      const { tokens, odd, inputCounted } = readUsage(answer.usage, estimated());
      reservation.settle({ usage: usageOf(model, tokens), estimated: odd.length > 0 });
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
      const usage = refused ? REFUSED_CALL : usageOf(model, tokens);
      reservation.settle({ usage, estimated: !refused });
      if (context.signal.aborted) throw cancelled(context.signal.reason);
      if (timeout.aborted) throw timedOut(model);
      throw reason;
    }
  };
  return (model, request) => {
    const [name, span] = modelSpan(model.options);
    return traced(
      context.telemetry,
      name,
      () => span,
      async (told) => {
        const answer = await call(model, request);
        const { inputTokens, outputTokens } = answer.usage;
        told?.set(modelFacts({ inputTokens, outputTokens, finishReason: answer.finishReason }));
        return answer;
      },
    );
  };
}

function estimatedNote(model: ModelOptions, odd: readonly string[]): string {
  const name = modelName(model);
  return `${name} reported token counts that cannot be right (${odd.join(', ')}): estimates are counted in their place; other calls of this attempt may have been alike`;
}

/** The error with which an aborted attempt ends. */
export function cancelled(reason: unknown): BatonError {
  if (BatonError.is(reason)) return reason;
  return new BatonError('cancelled', 'the assignment was cancelled', { cause: reason });
}

function timedOut(model: ModelOptions): BatonError {
  const limit = model.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const message = `${modelName(model)} did not finish its answer within ${limit} ms`;
  return new BatonError('deadline_exceeded', message, { metadata: { model: modelName(model) } });
}

/** Errors before a connection was made: the provider has not read the request. */
const NOT_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Whether a model call failed before any output: the provider returned an error status or could not be
 * reached. An answer that broke off was not refused: its input was read and is charged, whether or not any
 * output arrived.
 *
 * @param reason what the AI SDK threw or put into the stream.
 */
export function wasRefused(reason: unknown): boolean {
  for (let error = reason, depth = 0; depth < 5; depth++) {
    if (typeof error !== 'object' || error === null) return false;
    const { statusCode, code, name, cause } = error as Record<string, unknown>;
    if (typeof statusCode === 'number' && statusCode >= 400) return true;
    if (NOT_CONNECTED.has(code) || name === 'AI_LoadAPIKeyError') return true;
    error = cause;
  }
  return false;
}
