import { MARK, visible } from '@baton/builds/internal';
import type { Artifact } from '@baton/core';

/** What an artifact says, for people: every line is marked as the text of others. */
export function logLines(
  { mediaType }: Pick<Artifact, 'mediaType'>,
  content: string,
): readonly string[] {
  const text = mediaType === 'application/jsonl' ? conversationText(content) : content;
  if (text.trim() === '') return [`${MARK}(nothing)`];
  return visible(text)
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${MARK}${line}`);
}

/** A conversation with a model, whose lines are its messages. */
function conversationText(content: string): string {
  return content
    .split('\n')
    .filter((line) => line !== '')
    .map(messageText)
    .join('\n');
}

/** A line that is no message, such as one that was shortened, is shown as it is. */
function messageText(line: string): string {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return line;
  }
  if (!isRecord(message) || typeof message['role'] !== 'string') return line;
  const { role, content } = message;
  const parts = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  return parts.map((part) => `${role}: ${partText(part)}`).join('\n');
}

function partText(part: unknown): string {
  if (!isRecord(part)) return JSON.stringify(part);
  const { type, text, toolName, input, output } = part;
  switch (type) {
    case 'text':
    case 'reasoning':
      return typeof text === 'string' ? text : JSON.stringify(text);
    case 'tool-call':
      return `${toolName} ${JSON.stringify(input)}`;
    case 'tool-result': {
      const value = isRecord(output) ? output['value'] : output;
      return `${toolName}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
    }
    default:
      return JSON.stringify(part);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
