import type { ModelMessage } from 'ai';
import type { ToolCall } from './model-call.ts';
import { toolResult } from './tool-result.ts';

/**
 * Tells the model what is wrong with its answer: as the result of each call, or as a message if there is
 * none.
 */
export function correction(
  calls: readonly ToolCall[],
  violations: readonly string[],
  redact: (text: string) => string,
): ModelMessage {
  const list = violations.map((one) => `- ${one}`).join('\n');
  const text = redact(`Not accepted. Correct this and answer again:\n${list}`);
  if (calls.length === 0) return { role: 'user', content: text };
  return { role: 'tool', content: calls.map((call) => toolResult(call, text, 'error-text')) };
}
