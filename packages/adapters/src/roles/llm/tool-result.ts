import type { ToolResultPart } from 'ai';
import type { ToolCall } from './model-call.ts';

/** Key of Baton's own data in `providerOptions`; providers ignore it. */
const OWN_OPTIONS = 'baton';

/**
 * The result of a call, as the next request contains it.
 *
 * @param kept text that stays when the result is left out of a long conversation.
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

/** The text that stays when the result is left out. */
export function keptText({ output, providerOptions }: ToolResultPart): string {
  const kept = providerOptions?.[OWN_OPTIONS]?.['kept'];
  const isText = output.type === 'text' || output.type === 'error-text';
  return isText && typeof kept === 'number' ? output.value.slice(-kept) : '';
}
