import type { Outcome } from '@baton/core';
import type { OutcomeTools } from '../llm/outcome-tools.ts';

/** An outcome that an agent wrote in its message: its kind, and what the outcome's tool would have got. */
export interface WrittenOutcome {
  readonly kind: string;
  readonly input: unknown;
}

const KINDS: ReadonlySet<string> = new Set<Outcome['kind']>([
  'advance',
  'ask',
  'fail',
  'request_retry',
]);

const FENCED = /```(?:json)?\s*\n([\s\S]*?)```/g;

/**
 * The outcome that the last JSON object of a message is, for agents that cannot be given tools: `{"kind": "advance",
 * "result": {…}}` and the like. Undefined: there is none.
 */
export function readLastMessage(
  text: string,
  { wrapsResult }: Pick<OutcomeTools, 'wrapsResult'>,
): WrittenOutcome | undefined {
  const fenced = [...text.matchAll(FENCED)].map(([, json = '']) => json).reverse();
  const bare = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  for (const json of [...fenced, bare]) {
    const found = parsed(json);
    if (found === undefined || !KINDS.has(String(found['kind']))) continue;
    const { kind, ...rest } = found;
    const isResult = kind === 'advance' && !wrapsResult;
    return { kind: String(kind), input: isResult ? rest['result'] : rest };
  }
  return undefined;
}

function parsed(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
