import type { Ledger } from '../metering/ledger.ts';
import type { CallEnd } from '../metering/usage-journal.ts';
import {
  createTokenEstimate,
  outputTokensOf,
  type TokenEstimate,
} from '../roles/llm/context-window.ts';
import type { ModelConfig } from '../roles/llm/model-config.ts';
import { REFUSED_CALL, usageOf } from '../roles/llm/price-usage.ts';
import { modelName } from '../roles/llm/principal.ts';
import { estimateOf, readUsage } from '../roles/llm/read-usage.ts';
import { modelFacts, modelSpan } from '../tracing/gen-ai.ts';
import { type AnswerCount, createAnswerCount } from './count-answer.ts';
import type { ResolvedGatewayOptions, Upstream } from './gateway-options.ts';
import type { Body } from './json-body.ts';
import { IMAGE_TOKENS, measureRequest } from './measure-request.ts';
import { outputLimitOf, withOneLimit, withOutputLimit, withUsageAsked } from './request-body.ts';
import type { Route } from './routes.ts';

/** One call of a provider, for which is set aside what it may use. */
export interface MeteredExchange {
  /** The request, which asks for no more than that. */
  readonly body: Body;
  /** Whether the agent did not ask for the counts that a stream will have. */
  readonly hidesUsage: boolean;
  /** Begins to count the answer. */
  counts(isStream: boolean): AnswerCount;
  /** The first call counts: as refused before anything was generated, or by what is known by now. */
  settle(isRefused: boolean, answer: AnswerHead): void;
}

/** What the head of an answer tells; nothing where there was none. */
export type AnswerHead = Pick<CallEnd, 'status' | 'requestId'>;

interface Asked {
  readonly route: Route;
  readonly body: Body | undefined;
  readonly signal: AbortSignal;
}

/** What stands for a model that is not configured. */
const OTHER = 'other';

/** By which limits and the question for counts make a request longer at most. */
const ADDED_BYTES = 150;

export function createPrepare(options: ResolvedGatewayOptions, ledger: Ledger) {
  const { upstreams, allowance = {} } = options;
  const isCapped = allowance.tokens !== undefined || allowance.cost !== undefined;
  const estimates = new Map<string, TokenEstimate>();
  // Calls come over a socket, which knows nothing of the attempt.
  const parent = options.telemetry?.active();

  /** Names come from the agent: only those that are configured are kept, and told. */
  function isConfigured({ model }: ModelConfig): boolean {
    return upstreams.some(({ models = {} }) => Object.hasOwn(models, model));
  }

  function estimateFor(model: ModelConfig): TokenEstimate {
    const name = modelName(model);
    const known = estimates.get(name) ?? createTokenEstimate();
    if (isConfigured(model)) estimates.set(name, known);
    return known;
  }

  /** Sets aside what the call may use, and makes its request ask for no more. */
  return async (
    model: ModelConfig,
    chatLimit: Upstream['chatLimit'],
    { route: { operation }, body: given = {}, signal }: Asked,
  ): Promise<MeteredExchange> => {
    const asked = operation === 'chat' ? withOneLimit(given, chatLimit) : given;
    const estimate = estimateFor(model);
    const { images, ...size } = measureRequest(asked);
    const bytes = size.bytes + ADDED_BYTES;
    const inputTokens = estimate.tokens(bytes) + images * IMAGE_TOKENS;
    const limit = outputLimitOf(operation, asked);
    const wanted = limit ?? outputTokensOf(model);
    const reservation = await ledger.reserve(model, inputTokens, wanted, signal);
    const maxOutputTokens = reservation.outputTokens;
    const isLimited = maxOutputTokens === limit || (limit === undefined && !isCapped);
    const limited = isLimited
      ? asked
      : withOutputLimit(operation, asked, maxOutputTokens, chatLimit);
    const { body, added } =
      operation === 'chat' ? withUsageAsked(limited) : { body: limited, added: false };
    const sentBytes = Buffer.byteLength(JSON.stringify(body));
    const [name, traced] = modelSpan(isConfigured(model) ? model : { ...model, model: OTHER });
    const span = options.telemetry?.startSpan(name, { ...traced, parent });
    let count: AnswerCount | undefined;
    let streams = false;
    let isSettled = false;
    return {
      body,
      hidesUsage: added,
      counts(isStream) {
        streams = isStream;
        count = createAnswerCount(operation, isStream);
        return count;
      },
      settle(isRefused, answer) {
        if (isSettled) return;
        isSettled = true;
        const characters = count?.characters() ?? 0;
        const guess = estimateOf({
          bytes: bytes + images * IMAGE_TOKENS,
          inputTokens,
          maxOutputTokens,
          characters,
        });
        // Of an answer that would have come in one piece, nothing tells how far it got.
        const fallback = streams ? guess : { ...guess, outputTokens: maxOutputTokens };
        const told = count?.counts();
        const isWhole = count?.isWhole() === true;
        const counts = told && !isWhole ? { ...told, outputTokens: undefined } : told;
        const { tokens, odd, inputCounted } = readUsage(counts, fallback);
        const usedTools = count?.usedTools() === true;
        // Images and what the provider's tools bring tell nothing of the tokens of a text.
        if (isWhole && inputCounted && images === 0 && !usedTools) {
          estimate.learn(sentBytes, tokens.inputTokens);
        }
        const priced = isRefused ? REFUSED_CALL : usageOf(model, tokens);
        const usage = usedTools ? { ...priced, unpricedRequests: 1 } : priced;
        const estimated = !isRefused && (!isWhole || odd.length > 0 || usedTools);
        const failed = count?.hasFailed() === true;
        const end = { usage, estimated, ...answer, ...(failed && { failed }) };
        reservation.settle(end);
        span?.set(modelFacts(priced));
        span?.end(isRefused || failed ? 'unavailable' : undefined);
        options.onCall?.({ model: modelName(model), ...end });
      },
    };
  };
}
