import type { ToolResultPart } from 'ai';
import type { ToolCall } from './model-call.ts';

/** Under which providers' options Baton keeps its own; providers don't look there. */
const OWN_OPTIONS = 'baton';

/**
 * What a call answers, as the next request has to hold it.
 *
 * @param kept text after it that stays when the result itself is left out of a long conversation.
 */
export function toolResult(
  { id, name }: ToolCall,
  value: string,
  type: 'text' | 'error-text',
  kept = '',
): ToolResultPart {
  const part = { type: 'tool-result', toolCallId: id, toolName: name } as const;
  if (kept === '') return { ...part, output: { type, value } };
  return {
    ...part,
    output: { type, value: `${value}\n${kept}` },
    providerOptions: { [OWN_OPTIONS]: { kept: kept.length } },
  };
}

/** The text of a result that stays when the result itself is left out. */
export function keptText({ output, providerOptions }: ToolResultPart): string {
  const kept = providerOptions?.[OWN_OPTIONS]?.['kept'];
  const isText = output.type === 'text' || output.type === 'error-text';
  return isText && typeof kept === 'number' ? output.value.slice(-kept) : '';
}
