import type { ModelMessage } from 'ai';
import { compactMessages, sizeOf } from './compact-messages.ts';
import { inputTokensOf } from './context-window.ts';
import type { ModelRequest } from './model-call.ts';
import type { ModelOptions } from './model-config.ts';
import type { TokenEstimate } from './token-estimate.ts';

/*
 * Invariants
 * 1. What was left out stays out: a conversation that changed with every call would never be read from
 *    a provider's cache. So more is left out at once than it takes.
 * 2. Messages keep their number and order.
 */

/** Keeps the requests of one conversation within what models take. */
export interface Compaction {
  /** The request without what was left out before, or has to be for this model. */
  fit(request: ModelRequest, model: ModelOptions): ModelRequest;
  /**
   * Leaves out more, for the provider found the request too long; answers whether there was more.
   *
   * @param limit tokens that the provider says it takes.
   */
  tighten(request: ModelRequest, model: ModelOptions, limit: number | undefined): boolean;
}

export interface CompactionOptions {
  readonly estimate: TokenEstimate;
  /** Hears how many bytes the request had and has. */
  readonly onCompacted: (model: ModelOptions, before: number, after: number) => void;
}

/** The part of the limit that is left full. */
const TARGET = 0.7;
/** The same, where the provider has counted otherwise. */
const TIGHT_TARGET = 0.5;

export function createCompaction({ estimate, onCompacted }: CompactionOptions): Compaction {
  const compacted = new WeakMap<ModelMessage, ModelMessage>();
  /** Tokens of input, where a provider has found less to be too long. */
  const learnt = new WeakMap<ModelOptions, number>();

  const applied = (request: ModelRequest): ModelRequest => ({
    ...request,
    messages: request.messages.map((message) => compacted.get(message) ?? message),
  });

  /** Brings the request down to `target` tokens, the fewer rounds kept the more it takes. */
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
