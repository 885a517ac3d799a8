import { BatonError, type Clock, type RoleContext } from '@baton/core';
import type { AssistantModelMessage, LanguageModel, ModelMessage } from 'ai';
import { type CallFailure, explainFailure } from './explain-failure.ts';
import type { Sdk } from './load-package.ts';
import type { Meter } from './meter.ts';
import { callModel, type ModelAnswer, type ModelRequest } from './model-call.ts';
import type { ModelOptions } from './model-config.ts';
import { REFUSED_CALL, usageOf } from './price-usage.ts';
import { modelName } from './principal.ts';
import { retryAfterMs } from './retry-after.ts';
import { createTextProgress } from './text-progress.ts';
import { createTokenEstimate } from './token-estimate.ts';

/*
 * Invariants
 * 1. Every call is counted once, whether it succeeds, fails or is aborted.
 * 2. A line never goes back to a model that it has given up.
 * 3. What another model left in the conversation for itself (reasoning, item ids) is not sent on.
 */

/** A model and those that stand in for it, over one attempt. */
export interface ModelLine {
  /**
   * @throws BatonError `unavailable` or `deadline_exceeded` (retryable) when no model answers,
   * `budget_spent`, `cancelled`, or what else {@link explainFailure} found.
   */
  call(request: ModelRequest): Promise<ModelAnswer>;
}

export interface LineModel {
  readonly options: ModelOptions;
  readonly languageModel: Exclude<LanguageModel, string>;
}

export interface ModelLineOptions {
  readonly sdk: Sdk;
  /** The first is used; the others, in their order, when those before are overloaded. */
  readonly models: readonly LineModel[];
  readonly meter: Meter;
  readonly context: Pick<RoleContext, 'signal' | 'progress' | 'note'>;
  readonly clock: Clock;
  /** Calls of one model before it is given up. */
  readonly tries: number;
  /** Longest wait before a call is tried again, in milliseconds. */
  readonly maxWaitMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly deadline: number;
}

const DEFAULT_TIMEOUT_MS = 600_000;
const FIRST_WAIT_MS = 1000;
const BYTES_PER_TOKEN = 3;

export function createModelLine(options: ModelLineOptions): ModelLine {
  const { sdk, models, meter, context, clock, tries, maxWaitMs, deadline } = options;
  const estimate = createTokenEstimate();
  const authors = new WeakMap<ModelMessage, LineModel>();
  let position = 0;

  async function once(current: LineModel, request: ModelRequest): Promise<ModelAnswer> {
    const { options: model, languageModel } = current;
    const bytes = Buffer.byteLength(JSON.stringify(request));
    const inputTokens = estimate.tokens(bytes);
    const maxOutputTokens = meter.reserve(model, inputTokens);
    const timeout = AbortSignal.timeout(model.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const signal = AbortSignal.any([context.signal, timeout]);
    const text = createTextProgress(context.progress);
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
      outputTokens: Math.min(maxOutputTokens, Math.ceil(characters / BYTES_PER_TOKEN)),
    });
    try {
      const call = { sdk, languageModel, model, maxOutputTokens, signal, listener };
      const answer = await callModel(request, call);
      text.end();
      meter.count(usageOf(model, answer.usage, estimated()));
      estimate.learn(bytes, answer.usage.inputTokens ?? 0);
      for (const message of answer.messages) authors.set(message, current);
      return answer;
    } catch (reason) {
      const begun = characters > 0 || signal.aborted;
      meter.count(begun ? usageOf(model, undefined, estimated()) : REFUSED_CALL);
      if (context.signal.aborted) throw cancelled(context.signal.reason);
      if (timeout.aborted) throw timedOut(model);
      throw reason;
    }
  }

  /** Milliseconds after which the same model may be tried again; undefined when it is given up. */
  function waitFor({ remedy, headers }: CallFailure, tried: number): number | undefined {
    if (remedy !== 'wait' || tried >= tries) return undefined;
    const wait = retryAfterMs(headers, clock.now()) ?? FIRST_WAIT_MS * 2 ** (tried - 1);
    return wait > maxWaitMs || clock.now() + wait >= deadline ? undefined : wait;
  }

  async function answerOf(current: LineModel, request: ModelRequest): Promise<ModelAnswer> {
    const messages = request.messages.map((message) =>
      message.role === 'assistant' && authors.get(message) !== current ? plain(message) : message,
    );
    for (let tried = 1; ; tried++) {
      try {
        return await once(current, { ...request, messages });
      } catch (reason) {
        if (context.signal.aborted) throw reason;
        const failure = explainFailure(reason, current.options);
        const wait = waitFor(failure, tried);
        if (wait === undefined) throw new GivenUp(failure);
        const name = modelName(current.options);
        context.progress(`${failure.error.message}; waiting ${wait} ms for ${name}`);
        await clock.sleep(wait, context.signal);
        if (context.signal.aborted) throw cancelled(context.signal.reason);
      }
    }
  }

  return {
    async call(request) {
      for (;;) {
        // There is always one: the position only moves on to one that is there.
        const current = models[position] as LineModel;
        try {
          return await answerOf(current, request);
        } catch (reason) {
          if (!(reason instanceof GivenUp)) throw reason;
          const { error, remedy } = reason.failure;
          const next = models[position + 1];
          if (remedy === 'none' || next === undefined) throw error;
          position += 1;
          context.note({
            code: 'model_failover',
            message: `${modelName(next.options)} takes over: ${error.message}`,
          });
        }
      }
    },
  };
}

/** That waiting for the current model no longer helps. */
class GivenUp extends Error {
  readonly failure: CallFailure;

  constructor(failure: CallFailure) {
    super(failure.error.message);
    this.failure = failure;
  }
}

/** The message without what only the model that wrote it can read. */
function plain(message: AssistantModelMessage): AssistantModelMessage {
  const { content } = message;
  if (typeof content === 'string') return { role: 'assistant', content };
  const kept = content
    .filter(({ type }) => type === 'text' || type === 'tool-call')
    .map((part) => ({ ...part, providerOptions: {} }));
  return { role: 'assistant', content: kept.length > 0 ? kept : '(no text)' };
}

function cancelled(reason: unknown): BatonError {
  if (reason instanceof BatonError) return reason;
  return new BatonError('cancelled', 'the model call was cancelled', { cause: reason });
}

function timedOut(model: ModelOptions): BatonError {
  const limit = model.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const message = `${modelName(model)} did not finish its answer within ${limit} ms`;
  return new BatonError('deadline_exceeded', message, { metadata: { model: modelName(model) } });
}
