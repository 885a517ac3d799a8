import { BatonError } from '@baton/core';
import type { ModelOptions } from './model-config.ts';
import { modelName } from './principal.ts';

/** Why a model call failed, and what can help: waiting, another model, a shorter request, or nothing. */
export interface CallFailure {
  readonly error: BatonError;
  readonly remedy: 'wait' | 'other_model' | 'shorten' | 'none';
  /** Headers of the provider's response, if there was one. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** Tokens that the provider accepts, when the request had more. */
  readonly limit?: number | undefined;
}

/** Members that the errors of the AI SDK share. They are recognized by these, not by their class. */
interface ProviderError {
  readonly message: string;
  readonly name: string;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly body: string;
  readonly isRetryable: boolean;
}

const OVERLOADED: ReadonlySet<number> = new Set([429, 503, 529]);
// Not "exceeded your current quota": Google also says so for a limit per minute.
const NO_QUOTA = /insufficient_quota|billing_hard_limit|credit balance is too low/i;
const REFUSED = /content[ _](filter|policy)|safety|prohibited_content|moderation/i;
const OVERLOAD_WORDS = /overloaded|rate[ _]limit/i;

/**
 * Explains a failed model call. The request, which contains the whole prompt, is not kept as a cause.
 *
 * @param reason what the AI SDK threw or put into the stream.
 */
export function explainFailure(reason: unknown, model: ModelOptions): CallFailure {
  if (BatonError.is(reason)) {
    return { error: reason, remedy: reason.retryable ? 'wait' : 'none', headers: undefined };
  }
  const found = providerError(reason);
  const { status, headers } = found;
  const text = `${found.message} ${found.body}`;
  const failure = (
    code: 'invalid_input' | 'limit_exceeded' | 'unavailable' | 'internal',
    problem: string,
    remedy: CallFailure['remedy'],
  ): CallFailure => {
    const where = `${modelName(model)} ${problem}${status === undefined ? '' : ` (${status})`}`;
    const metadata = {
      model: modelName(model),
      ...(status !== undefined && { status: String(status) }),
    };
    return {
      error: new BatonError(code, `${where}: ${found.message}`, { metadata }),
      remedy,
      headers,
    };
  };
  if (status === 402 || NO_QUOTA.test(text)) {
    return failure('limit_exceeded', 'has no quota left: check its billing', 'other_model');
  }
  if (status === 401 || status === 403 || found.name === 'AI_LoadAPIKeyError') {
    return failure('invalid_input', 'refused the key: check apiKey and its rights', 'none');
  }
  if (status === 404) {
    return failure('invalid_input', 'is not known there: check model and baseURL', 'none');
  }
  // Check this before the length: a rate limit may mention too many tokens.
  if ((status !== undefined && OVERLOADED.has(status)) || OVERLOAD_WORDS.test(text)) {
    return failure('unavailable', 'is overloaded or limits the rate', 'wait');
  }
  if (isTooLong(status, text)) {
    const problem =
      'cannot take so long a context: narrow the task, or use a model with a larger one';
    return { ...failure('limit_exceeded', problem, 'shorten'), limit: limitIn(text) };
  }
  if (status !== undefined && status < 500 && REFUSED.test(text)) {
    return failure('invalid_input', 'refused the content', 'none');
  }
  if (found.isRetryable || (status !== undefined && status >= 500)) {
    return failure('unavailable', 'did not answer', 'wait');
  }
  if (status !== undefined) return failure('invalid_input', 'refused the request', 'none');
  // An unreadable stream comes from a proxy or from a server that crashed.
  if (/JSONParse|TypeValidation|InvalidResponse|EmptyResponse|NoOutput/.test(found.name)) {
    return failure('unavailable', 'answered what cannot be read', 'wait');
  }
  return failure('internal', 'failed', 'none');
}

function providerError(reason: unknown): ProviderError {
  const error = (typeof reason === 'object' && reason !== null ? reason : {}) as Record<
    string,
    unknown
  >;
  const { statusCode, responseHeaders, responseBody, data } = error;
  const plain = typeof reason === 'string' ? reason : JSON.stringify(reason);
  return {
    message: typeof error['message'] === 'string' ? error['message'] : String(plain),
    name: typeof error['name'] === 'string' ? error['name'] : '',
    status: typeof statusCode === 'number' ? statusCode : undefined,
    headers: responseHeaders as ProviderError['headers'],
    body: `${typeof responseBody === 'string' ? responseBody : ''} ${data === undefined ? '' : JSON.stringify(data)}`,
    isRetryable: error['isRetryable'] === true || hasNetworkCode(reason),
  };
}

/** Whether a connection failed or broke off. */
function hasNetworkCode(reason: unknown): boolean {
  for (let error = reason, depth = 0; error instanceof Error && depth < 5; depth++) {
    if ('code' in error && /^(E[A-Z]{4,}|UND_ERR_.+)$/.test(String(error.code))) return true;
    if (error instanceof TypeError && /^(fetch failed|terminated)$/.test(error.message))
      return true;
    error = error.cause;
  }
  return false;
}

const TOO_LONG =
  /context[ _](length|window|size|limit)|maximum context|prompt is too long|too many (input )?tokens|input (token count|is too long)|exceeds? the (maximum|limit)|reduce the length/i;

/** How providers name the number of tokens that they accept. */
const LIMITS: readonly RegExp[] = [
  /maximum context length is ([\d,]+)/i,
  /> ([\d,]+)(?: maximum|$)/im,
  /maximum number of tokens allowed \(([\d,]+)\)/i,
  /context (?:length|window|size|limit)(?: of| is|:)? \(?([\d,]+)/i,
  /"n_ctx": ?(\d+)/i,
];

/** Whether a provider refused a request because of its length. */
function isTooLong(status: number | undefined, text: string): boolean {
  if (status === 413) return true;
  return (status === undefined || status < 500) && TOO_LONG.test(text);
}

/** The number of tokens that the provider accepts, from its message; undefined if it does not say. */
export function limitIn(text: string): number | undefined {
  for (const pattern of LIMITS) {
    const tokens = Number(pattern.exec(text)?.[1]?.replaceAll(',', ''));
    if (Number.isSafeInteger(tokens) && tokens > 0) return tokens;
  }
  return undefined;
}
