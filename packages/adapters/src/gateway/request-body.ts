import { ApiError } from './api-error.ts';
import type { Upstream } from './gateway-options.ts';
import { type Body, objectAt } from './json-body.ts';
import type { Operation } from './routes.ts';

/**
 * What no estimate covers: work that goes on behind the answer, several answers to one request, and
 * input that the provider keeps.
 */
const UNCOVERED: Readonly<Record<string, (value: unknown) => boolean>> = {
  background: (value) => value === true,
  n: (value) => typeof value === 'number' && value !== 1,
  candidateCount: (value) => typeof value === 'number' && value !== 1,
  previous_response_id: (value) => typeof value === 'string',
  conversation: (value) => value !== undefined && value !== null,
  cachedContent: (value) => typeof value === 'string',
};

/** @throws ApiError 400 for what cannot be metered before it is sent. */
export function checkCovered(body: Body): void {
  const members = { ...body, ...objectAt(body, 'generationConfig') };
  for (const [name, isUncovered] of Object.entries(UNCOVERED)) {
    if (!isUncovered(members[name])) continue;
    throw new ApiError(
      400,
      `${name} is ${JSON.stringify(members[name])}: expected a request without it, for what it uses cannot be metered before`,
    );
  }
}

/** The limit that the agent set on the answer. */
export function outputLimitOf(operation: Operation, body: Body): number | undefined {
  const limits = {
    messages: body['max_tokens'],
    responses: body['max_output_tokens'],
    chat: body['max_completion_tokens'] ?? body['max_tokens'],
    generate: objectAt(body, 'generationConfig')['maxOutputTokens'],
    free: undefined,
  }[operation];
  return Number.isSafeInteger(limits) && Number(limits) > 0 ? Number(limits) : undefined;
}

export function withOutputLimit(
  operation: Operation,
  body: Body,
  limit: number,
  chatLimit: Upstream['chatLimit'] = 'max_completion_tokens',
): Body {
  switch (operation) {
    case 'messages':
      return { ...body, max_tokens: limit, ...thinkingWithin(body, limit) };
    case 'responses':
      return { ...body, max_output_tokens: limit };
    case 'chat': {
      const { max_tokens, max_completion_tokens, ...rest } = body;
      const given = max_completion_tokens === undefined && max_tokens !== undefined;
      return { ...rest, [given ? 'max_tokens' : chatLimit]: limit };
    }
    case 'generate': {
      const generationConfig = { ...objectAt(body, 'generationConfig'), maxOutputTokens: limit };
      return { ...body, generationConfig };
    }
    case 'free':
      return body;
  }
}

/** Anthropic refuses to think as much as the answer may have, and to think less than this. */
const LEAST_THINKING = 1024;

function thinkingWithin(body: Body, limit: number): Body {
  const thinking = objectAt(body, 'thinking');
  const budget = thinking['budget_tokens'];
  if (typeof budget !== 'number' || budget < limit) return {};
  if (limit <= LEAST_THINKING) return { thinking: { type: 'disabled' } };
  const budget_tokens = Math.max(LEAST_THINKING, Math.floor(limit / 2));
  return { thinking: { ...thinking, budget_tokens } };
}

/** Asks chat completions for the counts that a stream otherwise leaves out. */
export function withUsageAsked(body: Body): { body: Body; added: boolean } {
  const options = objectAt(body, 'stream_options');
  if (body['stream'] !== true || options['include_usage'] === true) return { body, added: false };
  return { body: { ...body, stream_options: { ...options, include_usage: true } }, added: true };
}
