import type { ModelMessage } from 'ai';
import { compactMessages, sizeOf } from './compact-messages.ts';
import { inputTokensOf, type TokenEstimate } from './context-window.ts';
import type { ModelRequest } from './model-call.ts';
import type { ModelOptions } from './model-config.ts';

/*
 * Invariants
 * 1. What was left out stays out: a conversation that changed with every call would never be served from a
 *    provider's cache. So compaction removes more than the current request needs.
 * 2. Messages keep their number and order.
 */

/** Keeps the requests of one conversation within the limits of models. */
export interface Compaction {
  /** Returns the request without what was left out before and what this model has no room for. */
  fit(request: ModelRequest, model: ModelOptions): ModelRequest;
  /**
   * Leaves out more after the provider found the request too long. Returns whether the request
   * became shorter.
   *
   * @param limit tokens that the provider says it accepts.
   */
  tighten(request: ModelRequest, model: ModelOptions, limit: number | undefined): boolean;
}

export interface CompactionOptions {
  readonly estimate: TokenEstimate;
  /** Called with the size of the request before and after, in bytes. */
  readonly onCompacted: (model: ModelOptions, before: number, after: number) => void;
}

/** Share of the limit to fill after a compaction. */
const TARGET = 0.7;
/** Share of the limit to fill when the provider counted more tokens than the estimate. */
const TIGHT_TARGET = 0.5;

export function createCompaction({ estimate, onCompacted }: CompactionOptions): Compaction {
  const compacted = new WeakMap<ModelMessage, ModelMessage>();
  /** Input tokens that a provider found too many, by model. */
  const learnt = new WeakMap<ModelOptions, number>();

  const applied = (request: ModelRequest): ModelRequest => ({
    ...request,
    messages: request.messages.map((message) => compacted.get(message) ?? message),
  });

  /** Reduces the request to `target` tokens. The more it must remove, the fewer rounds it keeps. */
  function compact(request: ModelRequest, model: ModelOptions, target: number, rounds: number[]) {
    const before = sizeOf(applied(request));
    for (const keepRounds of rounds) {
      const now = applied(request);
      const bytes = sizeOf(now) - estimate.bytes(target);
      if (bytes <= 0) break;
      const shorter = compactMessages(now.messages, bytes, keepRounds);
      for (const [at, message] of shorter.entries()) {
        const original = request.messages[at];
        if (original !== undefined && message !== original) compacted.set(original, message);
      }
    }
    const result = applied(request);
    const after = sizeOf(result);
    if (after < before) onCompacted(model, before, after);
    return { result, isShorter: after < before };
  }

  return {
    fit(request, model) {
      const limit = learnt.get(model) ?? inputTokensOf(model);
      const now = applied(request);
      if (estimate.tokens(sizeOf(now)) <= limit) return now;
      return compact(request, model, limit * TARGET, [2, 1]).result;
    },
    tighten(request, model, limit) {
      const sent = estimate.tokens(sizeOf(applied(request)));
      const counted = Math.min(sent, limit ?? sent, learnt.get(model) ?? sent);
      learnt.set(model, counted * TARGET);
      return compact(request, model, counted * TIGHT_TARGET, [1]).isShorter;
    },
  };
}
