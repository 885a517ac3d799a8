import { relative } from 'node:path';
import type { ContentBlock, SessionUpdate, ToolCallContent } from '@agentclientprotocol/sdk';
import { BatonError, type Redact, type RoleContext } from '@baton/core';
import { type RedactStream, streamOf } from '@baton/core/internal';
import type { ModelMessage } from 'ai';
import { createTwoFilesPatch } from 'diff';
import { keepTranscript } from '../llm/transcript.ts';
import { createBoundedList } from './bounded-list.ts';

/** Collects what an agent was told, said and did, and keeps it when its attempt has ended. */
export interface SessionTranscript {
  /** What the agent is told. */
  told(text: string): void;
  update(update: SessionUpdate): void;
  /** Keeps the conversation, and the agent's own edits as a patch, where anything is kept. Never rejects. */
  keep(): Promise<void>;
}

type Kept = Pick<RoleContext, 'artifact' | 'note'>;

/** Characters of the conversation, and of the edits, that are kept: the beginning and the end. */
const MOST = 8 * 1024 * 1024;
/** Characters of one text, such as what a tool printed. */
const MOST_OF_ONE = 256 * 1024;
/** Calls of tools that are under way at one time. */
const MOST_CALLS = 1000;
/** Milliseconds for the patch of one edit. */
const PATCH_MS = 40;

interface Call {
  title: string;
  input: unknown;
  content: readonly ToolCallContent[];
  output: unknown;
  /** Characters of what was told of it, by what was told. */
  sizes: Readonly<Record<string, number>>;
}

/** What an update tells of a call; null and undefined: nothing. */
type Told = { readonly [K in keyof Omit<Call, 'sizes'>]: Call[K] | null | undefined };

/** @param folder the folder that the agent works in: its edits are named from there. */
export function createSessionTranscript(
  context: Kept,
  redact: Redact,
  folder: string,
): SessionTranscript {
  const messages = createBoundedList<ModelMessage>(
    MOST,
    (message) => JSON.stringify(message).length,
  );
  const edits = createBoundedList<string>(MOST, (patch) => patch.length);
  const calls = new Map<string, Call>();
  let openSize = 0;
  let saying: { readonly type: 'text' | 'reasoning'; readonly text: CutText } | undefined;

  function say(type: 'text' | 'reasoning', content: ContentBlock): void {
    if (content.type !== 'text') return;
    if (saying?.type !== type) {
      endText();
      saying = { type, text: createCutText(redact) };
    }
    saying.text.add(content.text);
  }

  function endText(): void {
    if (saying === undefined) return;
    const { type, text } = saying;
    saying = undefined;
    messages.add({ role: 'assistant', content: [{ type, text: text.end() }] });
  }

  /** Takes in what is told of a call; what was told before of the same is replaced. */
  function tell(toolCallId: string, told: Told): Call {
    const known = calls.get(toolCallId) ?? {
      ...{ title: 'a tool call', input: undefined, content: [], output: undefined, sizes: {} },
    };
    forget(toolCallId);
    const given = Object.entries(told).filter(([, value]) => value !== undefined && value !== null);
    const lengths = given.map(([name, value]) => [name, JSON.stringify(value).length]);
    const call: Call = {
      ...known,
      ...Object.fromEntries(given),
      sizes: { ...known.sizes, ...Object.fromEntries(lengths) },
    };
    calls.set(toolCallId, call);
    openSize += sizeOf(call);
    return call;
  }

  function forget(toolCallId: string): void {
    const call = calls.get(toolCallId);
    if (call === undefined) return;
    openSize -= sizeOf(call);
    calls.delete(toolCallId);
  }

  /** An agent that begins calls and ends none is not waited for: what they brought is kept as far as it is there. */
  function endOldest(): void {
    for (const [id, call] of calls) {
      if (openSize <= MOST && calls.size <= MOST_CALLS) return;
      forget(id);
      endCall(id, { ...call, output: call.output ?? 'its end was not waited for' }, true);
    }
  }

  function endCall(toolCallId: string, call: Call, failed: boolean): void {
    const { title: toolName, input } = call;
    messages.add({
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId, toolName, input: cutValue(redact, input ?? {}) }],
    });
    const value = cut(redact, outputOf(call));
    messages.add({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId, toolName, output: { type: 'text', value } }],
    });
    for (const one of failed ? [] : call.content) {
      if (one.type === 'diff') edits.add(patchOf(folder, redact, one));
    }
  }

  return {
    told(text) {
      endText();
      messages.add({ role: 'user', content: text });
    },
    update(update) {
      switch (update.sessionUpdate) {
        case 'agent_message_chunk':
          return say('text', update.content);
        case 'agent_thought_chunk':
          return say('reasoning', update.content);
        case 'plan': {
          endText();
          const lines = update.entries.map(({ status, content }) => `- ${status}: ${content}`);
          const text = cut(redact, `The plan:\n${lines.join('\n')}`);
          return messages.add({ role: 'assistant', content: [{ type: 'text', text }] });
        }
        case 'tool_call':
        case 'tool_call_update': {
          endText();
          const { toolCallId, title, rawInput, rawOutput, content, status } = update;
          const call = tell(toolCallId, { title, content, input: rawInput, output: rawOutput });
          if (status !== 'completed' && status !== 'failed') return endOldest();
          forget(toolCallId);
          return endCall(toolCallId, call, status === 'failed');
        }
      }
    },
    async keep() {
      endText();
      for (const [id, call] of calls) endCall(id, { ...call, output: 'it did not end' }, true);
      calls.clear();
      const said = messages.all((count) => ({
        ...{ role: 'system', content: `${count} messages are left out here` },
      }));
      if (said.length > 0) await keepTranscript(context, said);
      const changed = edits.all((count) => `# ${count} edits are left out here\n`);
      if (changed.length > 0) await keepEdits(context, changed.join(''));
    },
  };
}

function sizeOf({ sizes }: Call): number {
  return Object.values(sizes).reduce((sum, size) => sum + size, 0);
}

async function keepEdits({ artifact, note }: Kept, patch: string): Promise<void> {
  const name = 'edits.diff';
  try {
    await artifact?.({ kind: 'diff', name, mediaType: 'text/x-diff' }, patch);
  } catch (reason) {
    const { message } = BatonError.from(reason);
    note({ code: 'artifact_not_kept', message: `'${name}' was not kept: ${message}` });
  }
}

/** Both sides are masked first: of half a secret in a patch it could not be told that it is one. */
function patchOf(
  folder: string,
  redact: Redact,
  { path, oldText, newText }: Extract<ToolCallContent, { type: 'diff' }>,
): string {
  const name = relative(folder, path);
  const [before, after] = [redact(oldText ?? ''), redact(newText)];
  const from = oldText === null || oldText === undefined ? '/dev/null' : `a/${name}`;
  const patch =
    Math.max(before.length, after.length) > MOST_OF_ONE
      ? undefined
      : createTwoFilesPatch(from, `b/${name}`, before, after, '', '', { timeout: PATCH_MS });
  return patch ?? `# an edit of ${name} is too large to show\n`;
}

/** What a tool answered, as the agent shows it. */
function outputOf({ content, output }: Call): string {
  const texts = content.flatMap((one) =>
    one.type === 'content' && one.content.type === 'text' ? [one.content.text] : [],
  );
  if (texts.length > 0) return texts.join('\n');
  return typeof output === 'string' ? output : JSON.stringify(output ?? '');
}

/** Masked first: of half a secret it could not be told that it is one. */
function cut(redact: Redact, text: string): string {
  if (text.length <= MOST_OF_ONE) return text;
  const masked = redact(text);
  return `${masked.slice(0, MOST_OF_ONE).toWellFormed()}\n… ${masked.length - MOST_OF_ONE} characters are left out`;
}

function cutValue(redact: Redact, value: unknown): unknown {
  const text = JSON.stringify(value);
  return text.length <= MOST_OF_ONE ? value : cut(redact, text);
}

interface CutText {
  add(piece: string): void;
  end(): string;
}

/** A text that comes in pieces, of which the beginning is kept. */
function createCutText(redact: Redact): CutText {
  const stream: RedactStream = streamOf(redact);
  let text = '';
  let length = 0;
  const take = (masked: string): void => {
    length += masked.length;
    text += masked.slice(0, MOST_OF_ONE - text.length);
  };
  return {
    add: (piece) => take(stream.add(piece)),
    end() {
      take(stream.end());
      const left = length - text.length;
      return left === 0 ? text : `${text.toWellFormed()}\n… ${left} characters are left out`;
    },
  };
}
