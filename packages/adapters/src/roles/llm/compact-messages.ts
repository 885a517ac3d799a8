import type { ModelMessage, ToolResultPart } from 'ai';
import { keptText } from './tool-result.ts';

/** Texts below this size stay: a marker would be about as long. */
const SHORT_BYTES = 600;
const SHOWN_ARGUMENTS = 200;

/**
 * Shortens a conversation without changing the number or order of its messages. Results of earlier tool calls
 * become markers that say what they held and how to get it again. Where that is not enough, long texts in the
 * arguments of these calls are truncated. The oldest go first, and no more of them than necessary.
 *
 * Messages of people and of Baton stay, as do the last rounds; a round is an answer of the model with the
 * results of its calls. Every call keeps a result.
 *
 * @param bytes to remove, measured on the messages as JSON.
 * @param keepRounds rounds at the end that stay unchanged.
 */
export function compactMessages(
  messages: readonly ModelMessage[],
  bytes: number,
  keepRounds: number,
): readonly ModelMessage[] {
  const end = beginOfRounds(messages, keepRounds);
  const calls = callsIn(messages);
  const compacted = [...messages];
  let left = bytes;

  function replace(at: number, change: (message: ModelMessage) => ModelMessage): void {
    const before = compacted[at];
    if (left <= 0 || before === undefined) return;
    const after = change(before);
    const saved = sizeOf(before) - sizeOf(after);
    if (saved <= 0) return;
    compacted[at] = after;
    left -= saved;
  }

  for (let at = 0; at < end; at++) replace(at, (message) => withoutResults(message, calls));
  for (let at = 0; at < end; at++) replace(at, withoutArguments);
  return compacted;
}

/** Bytes of a value as JSON. */
export function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The index at which the last `count` rounds begin. */
function beginOfRounds(messages: readonly ModelMessage[], count: number): number {
  const answers = messages.flatMap(({ role }, at) => (role === 'assistant' ? [at] : []));
  return answers.at(-count) ?? 0;
}

/** The arguments of every call by its id. */
function callsIn(messages: readonly ModelMessage[]): ReadonlyMap<string, unknown> {
  const calls = new Map<string, unknown>();
  for (const { role, content } of messages) {
    if (role !== 'assistant' || typeof content === 'string') continue;
    for (const part of content)
      if (part.type === 'tool-call') calls.set(part.toolCallId, part.input);
  }
  return calls;
}

function withoutResults(message: ModelMessage, calls: ReadonlyMap<string, unknown>): ModelMessage {
  if (message.role !== 'tool') return message;
  const content = message.content.map((part) =>
    part.type === 'tool-result' ? shortened(part, calls.get(part.toolCallId)) : part,
  );
  return { ...message, content };
}

function shortened(part: ToolResultPart, input: unknown): ToolResultPart {
  const { output, toolName } = part;
  if (output.type !== 'text' && output.type !== 'error-text') return part;
  const kept = keptText(part);
  const text = kept === '' ? output.value : output.value.slice(0, -kept.length - 1);
  if (Buffer.byteLength(text) <= SHORT_BYTES) return part;
  const lines = text.split('\n').length;
  const value = `[Left out to keep this conversation within its limit: the result of \`${toolName}\` with ${argumentsOf(input)}, ${lines} lines, ${text.length} characters. Where you need it again, make the same call; files may have changed since.]`;
  const whole = kept === '' ? value : `${value}\n${kept}`;
  return { ...part, output: { type: output.type, value: whole } };
}

function argumentsOf(input: unknown): string {
  const text = JSON.stringify(withShortTexts(input)) ?? 'no arguments';
  return text.length <= SHOWN_ARGUMENTS
    ? text
    : `${text.slice(0, SHOWN_ARGUMENTS).toWellFormed()}…`;
}

function withoutArguments(message: ModelMessage): ModelMessage {
  if (message.role !== 'assistant' || typeof message.content === 'string') return message;
  const content = message.content.map((part) =>
    part.type === 'tool-call' ? { ...part, input: withShortTexts(part.input) } : part,
  );
  return { ...message, content };
}

/** Truncates the long texts in a value. */
function withShortTexts(value: unknown): unknown {
  if (typeof value === 'string') {
    if (Buffer.byteLength(value) <= SHORT_BYTES) return value;
    const head = value.slice(0, SHOWN_ARGUMENTS).toWellFormed();
    return `${head}[… ${value.length - SHOWN_ARGUMENTS} more characters were left out here]`;
  }
  if (Array.isArray(value)) return value.map(withShortTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withShortTexts(member)]),
  );
}
