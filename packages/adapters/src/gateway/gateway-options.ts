import {
  type Allowance,
  BatonError,
  type Clock,
  type Redact,
  type Telemetry,
  type Usage,
} from '@baton/core';
import { MAX_TIMER_MS, systemClock } from '@baton/core/internal';
import type { CallEnd, UsageJournal } from '../metering/usage-journal.ts';
import type { CassetteUse } from '../model-cassette/cassette-session.ts';
import type { Price } from '../roles/llm/model-config.ts';
import { type RetryOptions, resolveRetry } from '../roles/llm/retry.ts';

export type GatewayApi = 'anthropic' | 'openai' | 'gemini';

/** A provider that the gateway asks with a key that agents never see. */
export interface Upstream {
  /** `openai` speaks responses and chat completions. */
  readonly api: GatewayApi;
  /** With the API's version, such as `https://api.anthropic.com/v1`; Gemini's ends in `/v1beta`. */
  readonly baseUrl: string;
  readonly key: string;
  /** Asked in place of the model that the agent names. Default: that one. */
  readonly model?: string | undefined;
  /** What is known of models, by name. Costs under a cap need the price. */
  readonly models?: Readonly<Record<string, GatewayModel>> | undefined;
  /**
   * How chat completions are limited where the agent sets no limit. Default `max_completion_tokens`;
   * many servers that are not OpenAI's know only `max_tokens`.
   */
  readonly chatLimit?: 'max_tokens' | 'max_completion_tokens' | undefined;
}

export interface GatewayModel {
  readonly price?: Price | undefined;
  /** Most tokens of an answer for which the agent sets no limit. Default 16,384. */
  readonly maxOutputTokens?: number | undefined;
}

/** One call of a provider, told when what it used is known. */
export interface GatewayCall extends CallEnd {
  /** As in principals: `provider:model`. */
  readonly model: string;
}

export interface ModelGatewayOptions {
  /** Those of one API are a chain: the next is asked when those before are overloaded. */
  readonly upstreams: readonly Upstream[];
  /** What all calls together may use. Default: no cap. */
  readonly allowance?: Allowance | undefined;
  /** Counts what a call used, once a call, right when it is known. */
  readonly report: (used: Usage) => void;
  /** Closes the gateway when it aborts. */
  readonly signal: AbortSignal;
  readonly onCall?: ((call: GatewayCall) => void) | undefined;
  /** Keeps the counts over a kill; closed with the gateway. Default: a kill loses them. */
  readonly journal?: UsageJournal | undefined;
  /** Masks secrets in messages of errors. */
  readonly redact?: Redact | undefined;
  /** Calls under way at one time. Default 32. */
  readonly maxCalls?: number | undefined;
  /** Milliseconds until one call of a provider is given up, at most 2,147,483,647. Default 600,000. */
  readonly timeoutMs?: number | undefined;
  /** When a call is repeated, as for roles that models perform. */
  readonly retry?: RetryOptions | undefined;
  /** Records what the providers answer, or answers in their place. Default: neither. */
  readonly cassette?: CassetteUse | undefined;
  /** Gets a span of each call, below the span that is active when the gateway is made. Default: nothing is traced. */
  readonly telemetry?: Telemetry | undefined;
  readonly clock?: Clock | undefined;
}

export type ResolvedGatewayOptions = ReturnType<typeof resolveGatewayOptions>;

/**
 * The one place where defaults are decided.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 */
export function resolveGatewayOptions(options: ModelGatewayOptions) {
  const { upstreams, maxCalls = 32, timeoutMs = 600_000 } = options;
  const { tries, maxWaitMs } = resolveRetry(options.retry);
  if (upstreams.length === 0) throw wrong('upstreams is empty, expected at least one');
  for (const { api, baseUrl, key } of upstreams) {
    if (!/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? '')) {
      throw wrong(`the baseUrl of an upstream (${api}) is no address of http or https`);
    }
    if (/[?#]/.test(baseUrl)) {
      throw wrong(
        `the baseUrl of an upstream (${api}) has a query or a fragment, expected none: paths are added to it`,
      );
    }
    if (!/^[!-~]+$/.test(key))
      throw wrong(`the key of an upstream (${api}) cannot stand in a header`);
  }
  for (const [name, value, least] of [
    ['maxCalls', maxCalls, 1],
    ['timeoutMs', timeoutMs, 1],
    ['retry.tries', tries, 1],
    ['retry.maxWaitMs', maxWaitMs, 0],
  ] as const) {
    if (Number.isInteger(value) && value >= least) continue;
    throw wrong(`${name} is ${value}, expected a whole number of at least ${least}`);
  }
  if (timeoutMs > MAX_TIMER_MS) {
    throw wrong(`timeoutMs is ${timeoutMs}, expected at most ${MAX_TIMER_MS}`);
  }
  return {
    ...options,
    maxCalls,
    timeoutMs,
    tries,
    maxWaitMs,
    redact: options.redact ?? ((text: string) => text),
    clock: options.clock ?? systemClock,
  };
}

function wrong(problem: string): BatonError {
  return new BatonError('invalid_input', `model gateway: ${problem}`);
}
