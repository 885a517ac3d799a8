import type { Upstream } from './gateway-options.ts';
import { type Body, objectAt } from './json-body.ts';
import type { Operation } from './routes.ts';

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

/** Of two limits on one answer a provider may go by either: the lower one stays, under the name that it knows. */
export function withOneLimit(body: Body, chatLimit: Upstream['chatLimit']): Body {
  const { max_tokens, max_completion_tokens, ...rest } = body;
  const limits = [max_tokens, max_completion_tokens].filter((one) => typeof one === 'number');
  if (limits.length < 2) return body;
  return { ...rest, [chatLimit ?? 'max_completion_tokens']: Math.min(...limits) };
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
