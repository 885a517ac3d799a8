import type { Counts } from '../roles/llm/read-usage.ts';
import { type Body, isObject, objectAt } from './json-body.ts';
import type { Operation } from './routes.ts';

/** What an answer has told so far of what it used. */
export interface AnswerCount {
  /** Takes one event, or the whole body of an answer that is not streamed. */
  add(message: Body): void;
  /** The provider's counts; undefined until they are there. */
  counts(): Counts | undefined;
  /** Whether the provider counted the whole answer. */
  isWhole(): boolean;
  /** Whether the answer is there to its end, counted or not. */
  hasEnded(): boolean;
  /** Whether an error stood within the answer. */
  hasFailed(): boolean;
  /** Whether tools that the provider runs were used: what they cost is in no price table. */
  usedTools(): boolean;
  /** Characters that were generated. */
  characters(): number;
}

const ENDS = new Set(['response.completed', 'response.incomplete', 'response.failed']);

export function createAnswerCount(operation: Operation, streams: boolean): AnswerCount {
  let usage: Body | undefined;
  let whole = false;
  let ended = false;
  let failed = false;
  let tools = false;
  let characters = 0;

  function addMessages(message: Body): void {
    const type = message['type'];
    if (type === 'message_start') usage = objectAt(message['message'], 'usage');
    if (type === 'message_delta' || !streams) {
      // Of the later counts, those that are there take the place of the earlier ones.
      const later = Object.entries(objectAt(message, 'usage')).filter(
        ([, value]) => value !== null,
      );
      usage = { ...usage, ...Object.fromEntries(later) };
      // The count at the beginning is of what was there by then.
      whole = later.some(([name]) => name === 'output_tokens');
    }
    if (type === 'content_block_delta') whole = false;
    ended ||= typeof objectAt(message, 'delta')['stop_reason'] === 'string';
    const { text, thinking, partial_json } = objectAt(message, 'delta');
    characters += lengthOf(text) + lengthOf(thinking) + lengthOf(partial_json);
  }

  function addResponses(message: Body): void {
    if (ENDS.has(String(message['type'])) || !streams) {
      const holder = streams ? message['response'] : message;
      usage = objectAt(holder, 'usage');
      whole = 'output_tokens' in usage;
      ended = true;
    }
    characters += lengthOf(message['delta']);
  }

  function addChat(message: Body): void {
    const choices = listOf(message['choices']);
    if (isObject(message['usage'])) usage = message['usage'];
    ended ||= choices.some((one) => isObject(one) && typeof one['finish_reason'] === 'string');
    // Some count in every chunk what is there so far.
    const isLast = ended || !streams || (choices.length === 0 && isObject(message['usage']));
    whole ||= usage !== undefined && isLast;
    for (const choice of choices) {
      const delta = objectAt(choice, 'delta');
      characters += lengthOf(delta['content']) + lengthOf(delta['reasoning_content']);
      for (const call of listOf(delta['tool_calls'])) {
        characters += lengthOf(objectAt(call, 'function')['arguments']);
      }
    }
  }

  function addGenerate(message: Body): void {
    usage = { ...usage, ...objectAt(message, 'usageMetadata') };
    const candidates = listOf(message['candidates']);
    // Before the end, counts are of what is there so far.
    const isOver = candidates.some((one) => isObject(one) && one['finishReason'] !== undefined);
    const refused = isObject(message['promptFeedback']) && candidates.length === 0;
    ended ||= isOver || refused;
    if (isOver || refused || !streams) whole ||= 'promptTokenCount' in usage;
    for (const candidate of candidates) {
      for (const part of listOf(objectAt(candidate, 'content')['parts'])) {
        const call = objectAt(part, 'functionCall');
        characters += lengthOf(isObject(part) && part['text']);
        if ('args' in call) characters += JSON.stringify(call['args']).length;
      }
    }
  }

  const add = {
    messages: addMessages,
    responses: addResponses,
    chat: addChat,
    generate: addGenerate,
    free: () => {},
  }[operation];
  return {
    add(message) {
      failed ||= isError(message);
      tools ||= usesTools(message);
      add(message);
    },
    counts: () => usage && countsOf(operation, usage),
    isWhole: () => whole,
    hasEnded: () => ended || whole,
    hasFailed: () => failed,
    usedTools: () => tools,
    characters: () => characters,
  };
}

/** Whether an event says that its call has failed, as the APIs do it behind a status of success. */
export function isError(message: Body): boolean {
  const { type, error } = message;
  if (type === 'error' || type === 'response.failed') return true;
  return isObject(error) || typeof error === 'string';
}

/** Items of OpenAI's responses by tools that it runs itself. */
const RUN_BY_PROVIDER: ReadonlySet<unknown> = new Set([
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
  'mcp_call',
]);

/** Whether a message tells of a tool that its provider has run, in any of the APIs. */
function usesTools(message: Body): boolean {
  const counted = [message, objectAt(message, 'message')].flatMap((holder) =>
    Object.values(objectAt(objectAt(holder, 'usage'), 'server_tool_use')),
  );
  const items = [message['item'], ...listOf(message['output'])];
  const grounded = listOf(message['candidates']).some(
    (one) => listOf(objectAt(one, 'groundingMetadata')['webSearchQueries']).length > 0,
  );
  const cited = listOf(message['choices']).some((one) =>
    [objectAt(one, 'message'), objectAt(one, 'delta')].some(
      ({ annotations }) => listOf(annotations).length > 0,
    ),
  );
  return (
    counted.some((value) => typeof value === 'number' && value > 0) ||
    items.some((item) => isObject(item) && RUN_BY_PROVIDER.has(item['type'])) ||
    grounded ||
    cited
  );
}

/** Counts as the AI SDK names them; the parts are within the totals. */
function countsOf(operation: Operation, usage: Body): Counts {
  switch (operation) {
    case 'messages': {
      const read = usage['cache_read_input_tokens'];
      const written = usage['cache_creation_input_tokens'];
      const thought = objectAt(usage, 'output_tokens_details')['thinking_tokens'];
      return counts(
        sum(usage['input_tokens'], read, written),
        read,
        written,
      )(usage['output_tokens'], thought);
    }
    case 'chat':
      return counts(
        usage['prompt_tokens'],
        objectAt(usage, 'prompt_tokens_details')['cached_tokens'],
      )(
        usage['completion_tokens'],
        objectAt(usage, 'completion_tokens_details')['reasoning_tokens'],
      );
    case 'generate': {
      const thought = usage['thoughtsTokenCount'];
      return counts(
        sum(usage['promptTokenCount'], usage['toolUsePromptTokenCount']),
        usage['cachedContentTokenCount'],
      )(sum(usage['candidatesTokenCount'], thought), thought);
    }
    default:
      return counts(
        usage['input_tokens'],
        objectAt(usage, 'input_tokens_details')['cached_tokens'],
      )(usage['output_tokens'], objectAt(usage, 'output_tokens_details')['reasoning_tokens']);
  }
}

/** What is no number stays as it is: who reads the counts finds out what cannot be right. */
function counts(input: unknown, read: unknown, written?: unknown) {
  return (output: unknown, reasoning: unknown) =>
    ({
      inputTokens: input,
      outputTokens: output,
      inputTokenDetails: { cacheReadTokens: read, cacheWriteTokens: written },
      outputTokenDetails: { reasoningTokens: reasoning },
    }) as Counts;
}

function sum(...values: readonly unknown[]): number | undefined {
  const present = values.filter((value) => value !== undefined && value !== null);
  if (present.length === 0) return undefined;
  return present.reduce<number>(
    (total, value) => total + (typeof value === 'number' ? value : Number.NaN),
    0,
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}
