import { expect, it, onTestFinished, vi } from 'vitest';
import { createEventSplitter, dataOf } from '../gateway/event-splitter.ts';
import { anthropicMessages } from '../roles/llm/testing/anthropic-messages.ts';
import { googleGenerate } from '../roles/llm/testing/google-generate.ts';
import { openaiChat } from '../roles/llm/testing/openai-chat.ts';
import { openaiResponses } from '../roles/llm/testing/openai-responses.ts';
import { mergeDeltas } from './merge-deltas.ts';

const said = {
  text: 'Look at /srv/builds/one/a.ts. '.repeat(4),
  calls: [{ name: 'read', input: { path: '/srv/builds/one/a.ts', why: 'x'.repeat(80) } }],
};

it.each(Object.entries({ anthropicMessages, openaiResponses, openaiChat, googleGenerate }))(
  'the parts of a text are one event: %s',
  (_, protocol) => {
    const splitter = createEventSplitter();
    const events = protocol(said).flatMap((event) => splitter.add(Buffer.from(event)));
    const given = events.map((event) => ({ data: dataOf(event) ?? event }));
    const merged = mergeDeltas(given);
    expect(merged.length).toBeLessThanOrEqual(given.length);
    const text = JSON.stringify(merged);
    expect(text).toContain(said.text);
    expect(text.replaceAll('\\', '')).toContain(JSON.stringify(said.calls[0]?.input));
    // It says no more than before.
    expect(JSON.stringify(mergeDeltas(merged))).toBe(text);
  },
);

it('parts of a text of Gemini are one event', () => {
  const part = (text: string) => ({
    data: { candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0 }] },
  });
  expect(mergeDeltas([part('/srv/bu'), part('ilds')])).toEqual([part('/srv/builds')]);
});

it('parts of different blocks, and what is between two parts, stay apart', () => {
  const delta = (index: number, text: string) => ({
    data: { type: 'content_block_delta', index, delta: { type: 'text_delta', text } },
  });
  const stop = { data: { type: 'content_block_stop', index: 0 } };
  const merged = mergeDeltas([delta(0, 'a'), delta(0, 'b'), delta(1, 'c'), stop, delta(1, 'd')]);
  expect(merged).toEqual([delta(0, 'ab'), delta(1, 'c'), stop, delta(1, 'd')]);
});

it('what is there of a text is not copied again with each of its parts', () => {
  const cloned = vi.spyOn(globalThis, 'structuredClone');
  onTestFinished(() => cloned.mockRestore());
  const delta = (text: string) => ({
    data: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
  });
  const parts = 2000;
  const merged = mergeDeltas(Array.from({ length: parts }, () => delta('words')));
  expect(merged).toEqual([delta('words'.repeat(parts))]);
  const characters = cloned.mock.calls.map(([value]) => JSON.stringify(value).length);
  expect(characters.reduce((a, b) => a + b, 0)).toBeLessThan(300 * parts);
});
