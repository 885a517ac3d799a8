import type { ToolResultPart } from 'ai';
import type { ToolCall } from './model-call.ts';

/** What a call answers, as the next request has to hold it. */
export function toolResult(
  { id, name }: ToolCall,
  value: string,
  type: 'text' | 'error-text',
): ToolResultPart {
  return { type: 'tool-result', toolCallId: id, toolName: name, output: { type, value } };
}
