import { once } from 'node:events';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { BatonError } from '@baton/core';
import type { Ledger } from '../metering/ledger.ts';
import type { CassetteSession } from '../model-cassette/cassette-session.ts';
import type { ModelReply } from '../model-cassette/recorded-answer.ts';
import { type CallFailure, explainFailure } from '../roles/llm/explain-failure.ts';
import { wasRefused } from '../roles/llm/metered-call.ts';
import type { ModelConfig } from '../roles/llm/model-config.ts';
import { modelName } from '../roles/llm/principal.ts';
import { waitBeforeRetry } from '../roles/llm/retry.ts';
import { ApiError, errorBody, errorEvent } from './api-error.ts';
import { askProvider, readBeginning, readText } from './ask-provider.ts';
import { checkCovered } from './check-covered.ts';
import { isError } from './count-answer.ts';
import { createEventSplitter, dataOf } from './event-splitter.ts';
import type { GatewayApi, ResolvedGatewayOptions, Upstream } from './gateway-options.ts';
import { withGeminiNames } from './gemini-names.ts';
import { type Body, objectAt, parseObject } from './json-body.ts';
import { type AnswerHead, createPrepare, type MeteredExchange } from './metered-exchange.ts';
import { type Route, upstreamHeaders, upstreamQuery } from './routes.ts';

/*
 * Invariants
 * 1. Every call of a provider is settled once, before the agent has the end of its answer.
 * 2. No upstream is asked again, nor the next one, once a byte of an answer has gone to the agent.
 * 3. An upstream that was given up is not gone back to.
 */

export interface Exchange {
  readonly route: Route;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  /** Absent: the request has none. */
  readonly body: Body | undefined;
  readonly response: ServerResponse;
  /** Aborts when the agent goes away, and when the gateway closes. */
  readonly signal: AbortSignal;
}

/** An answer that is no use, as it would go to the agent. */
interface Failed extends CallFailure {
  readonly reply: { readonly status: number; readonly text: string } | undefined;
}

export const MOST_BYTES = 32 * 1024 * 1024;
const MOST_ERROR_BYTES = 64 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };
const PROVIDERS = { anthropic: 'anthropic', openai: 'openai', gemini: 'google' } as const;
/** Headers of an answer that agents get. */
const KEPT_HEADERS = [
  'content-type',
  'retry-after',
  'retry-after-ms',
  'request-id',
  'x-request-id',
];

/** @param session what is asked goes by it; undefined: to the providers. */
export function createForward(
  options: ResolvedGatewayOptions,
  ledger: Ledger,
  session: CassetteSession | undefined,
) {
  const { upstreams, clock, tries, maxWaitMs, timeoutMs, redact } = options;
  const prepare = createPrepare(options, ledger);
  const positions = new Map<GatewayApi, number>();

  /** Asks once; answers why that was no use, or undefined when the agent has its answer. */
  async function tryOnce(upstream: Upstream, exchange: Exchange): Promise<Failed | undefined> {
    const { route, response, signal: given } = exchange;
    const model = modelOf(upstream, exchange);
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([given, timeout]);
    const call =
      route.operation === 'free' ? undefined : await prepare(model, upstream.chatLimit, exchange);
    if (signal.aborted) call?.settle(true, {});
    signal.throwIfAborted();
    const body = call?.body ?? exchange.body;
    const path =
      upstream.model === undefined || route.model === undefined
        ? route.path
        : pathFor(route.path, upstream.model);
    const sent =
      body &&
      (route.api === 'gemini'
        ? body
        : { ...body, ...(upstream.model !== undefined && { model: upstream.model }) });
    let head: AnswerHead = {};
    try {
      const ask = () =>
        askProvider(
          `${upstream.baseUrl.replace(/\/+$/, '')}${path}${upstreamQuery(exchange.query)}`,
          {
            method: exchange.method,
            headers: upstreamHeaders(route.api, exchange.headers, upstream.key),
            body: sent && JSON.stringify(sent),
            signal,
          },
        );
      const question = { model: modelName(model), path, body: exchange.body };
      const answer = session === undefined ? await ask() : await session.answer(question, ask);
      const { status } = answer;
      head = { status, requestId: requestIdOf(answer) };
      if (status < 200 || status > 299) {
        const text = masked(await readBeginning(answer.body, MOST_ERROR_BYTES), upstream);
        call?.settle(true, head);
        const headers = Object.fromEntries(
          KEPT_HEADERS.flatMap((name) => {
            const value = answer.headers[name];
            return value === undefined ? [] : [[name, value]];
          }),
        );
        const found = {
          message: text,
          statusCode: status,
          responseHeaders: headers,
          responseBody: text,
        };
        const isShown =
          status >= 400 && status !== 401 && status !== 403 && parseObject(text) !== undefined;
        return { ...explainFailure(found, model), reply: isShown ? { status, text } : undefined };
      }
      await deliver(answer, head, upstream, { ...exchange, signal }, call);
      return undefined;
    } catch (reason) {
      const isMissing = session?.isMissing(reason) === true;
      const wasNotAsked = isMissing || (!signal.aborted && wasRefused(reason));
      call?.settle(head.status === undefined && wasNotAsked, head);
      const isOver = given.aborted || response.destroyed;
      if (isOver) throw reason;
      if (isMissing) return notRecorded(route.api, BatonError.from(reason));
      const message = timeout.aborted
        ? `${modelName(model)} did not finish its answer within ${timeoutMs} ms`
        : `the answer of ${modelName(model)} broke off: ${masked(BatonError.from(reason).message, upstream)}`;
      const error =
        reason instanceof ApiError ? reason : new ApiError(timeout.aborted ? 504 : 502, message);
      if (response.headersSent) {
        response.end(errorEvent(route.api, route.operation === 'responses', error));
        return undefined;
      }
      if (timeout.aborted || reason instanceof ApiError) throw error;
      return { ...explainFailure(reason, model), reply: undefined };
    } finally {
      call?.settle(false, head);
    }
  }

  async function deliver(
    answer: ModelReply,
    head: AnswerHead,
    upstream: Upstream,
    exchange: Exchange,
    call: MeteredExchange | undefined,
  ): Promise<void> {
    const { response, route, signal } = exchange;
    const sendHead = () => {
      for (const name of KEPT_HEADERS) {
        const value = answer.headers[name];
        if (value !== undefined) response.setHeader(name, value);
      }
      response.writeHead(head.status ?? 200);
    };
    const isStream = /^text\/event-stream\b/i.test(answer.headers['content-type'] ?? '');
    const count = call?.counts(isStream);
    if (!isStream) {
      const text = await readText(answer.body, MOST_BYTES, 502);
      const body = parseObject(text);
      if (body !== undefined) count?.add(body);
      call?.settle(false, head);
      sendHead();
      response.end(masked(text, upstream));
      return;
    }
    const passOn = async (event: string, data: Body | undefined): Promise<void> => {
      if (data !== undefined) count?.add(data);
      if (call?.hidesUsage && isUsageChunk(data)) return;
      if (!response.headersSent) {
        if (data !== undefined && isError(data)) {
          const { error = data } = data;
          throw { message: masked(JSON.stringify(error), upstream), isRetryable: false };
        }
        sendHead();
      }
      if (!response.write(masked(event, upstream))) await once(response, 'drain', { signal });
    };
    const splitter = createEventSplitter();
    for await (const chunk of answer.body) {
      for (const event of splitter.add(chunk)) await passOn(event, dataOf(event));
    }
    // Some providers leave out the empty line after their last event.
    const last = splitter.end();
    const data = dataOf(last);
    // An error that was passed on has told it already.
    const isOver = () => count === undefined || count.hasEnded() || count.hasFailed();
    if (data !== undefined || (last !== '' && isOver())) await passOn(ended(last), data);
    call?.settle(false, head);
    if (!response.headersSent) sendHead();
    if (isOver()) return void response.end();
    const brokeOff = new ApiError(502, 'the answer of the provider broke off');
    response.end(errorEvent(route.api, route.operation === 'responses', brokeOff));
  }

  function masked(text: string, { key }: Upstream): string {
    return text.replaceAll(key, '[key]');
  }

  async function ask(upstream: Upstream, exchange: Exchange): Promise<Failed | undefined> {
    for (let tried = 1; ; tried += 1) {
      const failed = await tryOnce(upstream, exchange);
      const wait = failed && waitBeforeRetry(failed, tried, { tries, maxWaitMs }, clock.now());
      if (wait === undefined) return failed;
      await clock.sleep(wait, exchange.signal);
      exchange.signal.throwIfAborted();
    }
  }

  /** @throws ApiError what the agent is to be told in place of an answer. */
  return async (given: Exchange): Promise<void> => {
    const { route, response } = given;
    const { api } = route;
    const body = api === 'gemini' && given.body ? withGeminiNames(given.body) : given.body;
    const exchange = { ...given, body };
    if (route.operation !== 'free') checkCovered(body ?? {});
    const chain = upstreams.filter((one) => one.api === api);
    if (chain.length === 0) throw new ApiError(404, `no upstream of this gateway speaks ${api}`);
    for (;;) {
      const position = positions.get(api) ?? 0;
      const failed = await ask(chain[position] as Upstream, exchange);
      if (failed === undefined) return;
      const helps = failed.remedy === 'wait' || failed.remedy === 'other_model';
      if (helps && position + 1 < chain.length) {
        positions.set(api, Math.max(positions.get(api) ?? 0, position + 1));
        continue;
      }
      if (failed.reply === undefined) {
        const upstreamFault = failed.remedy === 'wait' ? 503 : 502;
        throw new ApiError(upstreamFault, redact(failed.error.message));
      }
      for (const [name, value] of Object.entries(failed.headers ?? JSON_TYPE)) {
        response.setHeader(name, value);
      }
      response.writeHead(failed.reply.status);
      response.end(redact(failed.reply.text));
      return;
    }
  };
}

/** Another model may have answered when it was recorded. */
function notRecorded(api: GatewayApi, error: BatonError): Failed {
  const text = JSON.stringify(errorBody(api, new ApiError(400, error.message)));
  return { error, remedy: 'other_model', headers: undefined, reply: { status: 400, text } };
}

/** The path of a call of Gemini's for another model. */
function pathFor(path: string, model: string): string {
  const verb = path.slice(path.lastIndexOf(':'));
  return `/models/${encodeURIComponent(model)}${verb}`;
}

/** The last event, with the empty line that ends it. */
function ended(event: string): string {
  return `${event.replace(/[\r\n]+$/, '')}\n\n`;
}

function requestIdOf({ headers }: ModelReply): string | undefined {
  return headers['request-id'] ?? headers['x-request-id'];
}

function modelOf({ api, model, models = {} }: Upstream, { route, body }: Exchange): ModelConfig {
  const named = model ?? route.model ?? objectModel(body);
  const known = Object.hasOwn(models, named) ? models[named] : undefined;
  return {
    provider: PROVIDERS[api],
    model: named,
    price: known?.price,
    maxOutputTokens: known?.maxOutputTokens,
  };
}

function objectModel(body: Body | undefined): string {
  const model = body?.['model'];
  if (body === undefined) return 'none';
  if (typeof model === 'string' && model !== '') return model;
  return 'none';
}

/** The chunk that chat completions add for the counts alone. */
function isUsageChunk(data: Body | undefined): boolean {
  const choices = data?.['choices'];
  return (
    Array.isArray(choices) && choices.length === 0 && 'prompt_tokens' in objectAt(data, 'usage')
  );
}
