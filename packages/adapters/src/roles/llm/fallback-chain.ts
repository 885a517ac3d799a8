import { BatonError, type Clock, type RoleContext } from '@baton/core';
import type { AssistantModelMessage, ModelMessage } from 'ai';
import type { Compaction } from './compaction.ts';
import { type CallFailure, explainFailure } from './explain-failure.ts';
import { type ChainModel, cancelled, type MeteredCall } from './metered-call.ts';
import type { ModelAnswer, ModelRequest } from './model-call.ts';
import { modelName } from './principal.ts';
import { retryAfterMs, waitBeforeRetry } from './retry.ts';

/*
 * Invariants
 * 1. The chain never returns to a model that it has given up.
 * 2. What another model left in the conversation for itself (reasoning, item ids) is not sent on.
 * 3. A request that is too long for a model is shortened once, and repeated only if it became shorter.
 */

/** A model and its fallbacks, for one attempt. */
export interface FallbackChain {
  /**
   * Calls the current model. Waits and retries where that can help, then moves on to the next model.
   *
   * @throws BatonError `unavailable` or `deadline_exceeded` (retryable) when no model answers, with
   * `metadata.retryAfterMs` when the provider asked for a wait; `budget_spent`, `cancelled`, or the error of
   * {@link explainFailure}.
   */
  call(request: ModelRequest): Promise<ModelAnswer>;
}

export interface FallbackChainOptions {
  readonly call: MeteredCall;
  readonly compaction: Compaction;
  /** At least one. The chain uses the first; it moves on to the next when a model is overloaded. */
  readonly models: readonly ChainModel[];
  readonly context: Pick<RoleContext, 'signal' | 'progress' | 'note'>;
  readonly clock: Clock;
  /** Calls of one model before the chain gives it up. */
  readonly tries: number;
  /** Longest wait before a retry, in milliseconds. */
  readonly maxWaitMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly deadline: number;
}

export function createFallbackChain(options: FallbackChainOptions): FallbackChain {
  const { call, compaction, models, context, clock, tries, maxWaitMs, deadline } = options;
  const authors = new WeakMap<ModelMessage, ChainModel>();
  let position = 0;

  /** Milliseconds to wait before a retry; undefined: give the model up. */
  function waitFor(failure: CallFailure, tried: number): number | undefined {
    const now = clock.now();
    const wait = waitBeforeRetry(failure, tried, { tries, maxWaitMs }, now);
    return wait === undefined || now + wait >= deadline ? undefined : wait;
  }

  /** Adapts the request to a model. */
  function requestFor(model: ChainModel, request: ModelRequest): ModelRequest {
    const fitting = compaction.fit(request, model.options);
    const messages = fitting.messages.map((message, at) => {
      const original = request.messages[at] ?? message;
      const isForeign = message.role === 'assistant' && authors.get(original) !== model;
      return isForeign ? plain(message) : message;
    });
    return { ...fitting, messages };
  }

  /** Returns the model's answer, or the failure for which it is given up. */
  async function ask(model: ChainModel, request: ModelRequest): Promise<ModelAnswer | CallFailure> {
    let mayShorten = true;
    for (let tried = 1; ; ) {
      try {
        const answer = await call(model, requestFor(model, request));
        for (const message of answer.messages) authors.set(message, model);
        return answer;
      } catch (reason) {
        if (context.signal.aborted) throw reason;
        const failure = explainFailure(reason, model.options);
        if (failure.remedy === 'shorten' && mayShorten) {
          mayShorten = false;
          if (compaction.tighten(request, model.options, failure.limit)) continue;
        }
        const wait = waitFor(failure, tried);
        if (wait === undefined) return { ...failure, error: withWait(failure, clock.now()) };
        tried += 1;
        context.progress(`${failure.error.message}; trying again in ${wait} ms`);
        await clock.sleep(wait, context.signal);
        if (context.signal.aborted) throw cancelled(context.signal.reason);
      }
    }
  }

  return {
    async call(request) {
      for (;;) {
        // Safe: the position only advances to an existing model.
        const model = models[position] as ChainModel;
        const answer = await ask(model, request);
        if (!('error' in answer)) return answer;
        const next = models[position + 1];
        const helps = answer.remedy === 'wait' || answer.remedy === 'other_model';
        if (!helps || next === undefined) throw answer.error;
        position += 1;
        const message = `${modelName(next.options)} takes over: ${answer.error.message}`;
        context.note({ code: 'model_failover', message });
      }
    },
  };
}

/** Adds the wait that the provider asked for to the error, for the caller's retry. */
function withWait({ error, remedy, headers }: CallFailure, now: number): BatonError {
  const wait = remedy === 'wait' ? retryAfterMs(headers, now) : undefined;
  if (wait === undefined) return error;
  const { code, message, retryable, violations, legal } = error;
  const metadata = { ...error.metadata, retryAfterMs: String(Math.ceil(wait)) };
  return new BatonError(code, message, {
    retryable,
    violations,
    legal,
    metadata,
    cause: error.cause,
  });
}

/** Removes what only the model that wrote the message can read. */
function plain(message: AssistantModelMessage): AssistantModelMessage {
  const { content } = message;
  if (typeof content === 'string') return { role: 'assistant', content };
  const kept = content
    .filter(({ type }) => type === 'text' || type === 'tool-call')
    .map((part) => ({ ...part, providerOptions: {} }));
  return { role: 'assistant', content: kept.length > 0 ? kept : '(no text)' };
}
