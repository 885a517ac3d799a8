import type { IncomingHttpHeaders } from 'node:http';
import type { GatewayApi } from './gateway-options.ts';

/** `free` calls use no tokens: lists of models, and counts of a request's tokens. */
export type Operation = 'messages' | 'responses' | 'chat' | 'generate' | 'free';

export interface Route {
  readonly api: GatewayApi;
  readonly operation: Operation;
  /** Behind the API's version. */
  readonly path: string;
  /** Where the path names it. */
  readonly model?: string | undefined;
  /** Where the path says that the answer is streamed. */
  readonly streams?: boolean;
}

export const KNOWN_PATHS = [
  'POST /v1/messages',
  'POST /v1/messages/count_tokens',
  'POST /v1/responses',
  'POST /v1/chat/completions',
  'POST /v1beta/models/<model>:generateContent',
  'POST /v1beta/models/<model>:streamGenerateContent?alt=sse',
  'POST /v1beta/models/<model>:countTokens',
  'GET /v1/models',
  'GET /v1beta/models',
] as const;

const FIXED: Readonly<Record<string, Route>> = {
  'POST /v1/messages': { api: 'anthropic', operation: 'messages', path: '/messages' },
  'POST /v1/messages/count_tokens': {
    api: 'anthropic',
    operation: 'free',
    path: '/messages/count_tokens',
  },
  'POST /v1/responses': { api: 'openai', operation: 'responses', path: '/responses' },
  'POST /v1/chat/completions': { api: 'openai', operation: 'chat', path: '/chat/completions' },
};

const GEMINI_CALL =
  /^POST \/v1beta(\/models\/([\w.-]+):(generateContent|streamGenerateContent|countTokens))$/;
const MODEL_LIST = /^GET \/v1(beta)?(\/models(\/[\w.:-]+)?)$/;

/** What a request asks for; undefined when that is not among {@link KNOWN_PATHS}. */
export function routeOf(
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
): Route | undefined {
  const asked = `${method} ${path}`;
  const [, call, model, verb] = GEMINI_CALL.exec(asked) ?? [];
  if (call !== undefined) {
    const operation = verb === 'countTokens' ? 'free' : 'generate';
    const streams = verb === 'streamGenerateContent';
    return { api: 'gemini', operation, path: call, model, streams };
  }
  const [, beta, list] = MODEL_LIST.exec(asked) ?? [];
  if (list !== undefined) {
    const api = beta === undefined ? apiOf(path, headers) : 'gemini';
    return { api, operation: 'free', path: list };
  }
  return Object.hasOwn(FIXED, asked) ? FIXED[asked] : undefined;
}

/** Whose format an answer has that no route decides. */
export function apiOf(path: string, headers: IncomingHttpHeaders): GatewayApi {
  if (path.startsWith('/v1beta') || 'x-goog-api-key' in headers) return 'gemini';
  const isAnthropic = 'anthropic-version' in headers || 'x-api-key' in headers;
  return isAnthropic || path.startsWith('/v1/messages') ? 'anthropic' : 'openai';
}

/** The token of a request, in whichever place its API has one. */
export function tokenOf(headers: IncomingHttpHeaders, query: URLSearchParams): string {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const found = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? bearer ?? query.get('key');
  return typeof found === 'string' ? found : '';
}

const SENT_ON = /^(content-type|accept|user-agent|openai-beta|anthropic-(?!auth).+)$/;
const ASKED_ON: ReadonlySet<string> = new Set([
  'alt',
  'beta',
  'limit',
  'after_id',
  'before_id',
  'pageSize',
  'pageToken',
]);

/** The headers that a provider gets: a few of the agent's, and its own key. */
export function upstreamHeaders(api: GatewayApi, headers: IncomingHttpHeaders, key: string) {
  const kept = Object.entries(headers).filter(([name]) => SENT_ON.test(name));
  return {
    ...Object.fromEntries(kept),
    'accept-encoding': 'identity',
    ...(api === 'anthropic' && { 'x-api-key': key }),
    ...(api === 'openai' && { authorization: `Bearer ${key}` }),
    ...(api === 'gemini' && { 'x-goog-api-key': key }),
  };
}

/** The query that a provider gets: without the token. */
export function upstreamQuery(query: URLSearchParams): string {
  const kept = new URLSearchParams([...query].filter(([name]) => ASKED_ON.has(name))).toString();
  return kept === '' ? '' : `?${kept}`;
}
