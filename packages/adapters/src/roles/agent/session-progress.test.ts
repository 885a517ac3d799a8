import { expect, it, vi } from 'vitest';
import { createSessionProgress } from './session-progress.ts';

it('shows no part of a secret where the title of a call is cut', () => {
  const heard: string[] = [];
  const progress = createSessionProgress({
    progress: (message) => heard.push(message),
    redact: (text) => text.replaceAll('hunter22', '[secret]'),
  });
  const title = `${'x'.repeat(186)} hunter22 and more`;
  progress.update({ sessionUpdate: 'tool_call', toolCallId: '1', kind: 'execute', title });
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatch(/^execute: x+ \[s/);
  expect(heard[0]).toHaveLength(200);
});

it('reads a text of many pieces and no lines a few times at most', () => {
  const heard: string[] = [];
  const progress = createSessionProgress({ progress: (message) => heard.push(message) });
  const text = 'words'.repeat(20);
  const content = { type: 'text' as const, text };
  const pieces = 30_000;
  const read = charactersRead(['lastIndexOf', 'slice'], () => {
    for (let nth = 0; nth < pieces; nth++) {
      progress.update({ sessionUpdate: 'agent_message_chunk', content });
    }
  });
  expect(read).toBeLessThan(10 * text.length * pieces);
  expect(heard.length).toBeGreaterThan(10);
  expect(heard.every((message) => message.length <= 201)).toBe(true);
  // The end of it, of a bounded length.
  expect(progress.endTurn()).toBe(text.repeat(pieces).slice(-1024 * 1024));
  expect(progress.endTurn()).toBe('');
});

/** Characters that methods of texts were called on while `work` ran: it tells how often a text is read again. */
function charactersRead(
  names: readonly ('indexOf' | 'lastIndexOf' | 'slice')[],
  work: () => void,
): number {
  let characters = 0;
  const spies = names.map((name) => {
    const original = String.prototype[name] as (...given: unknown[]) => unknown;
    return vi.spyOn(String.prototype, name).mockImplementation(function (
      this: string,
      ...given: unknown[]
    ) {
      characters += this.length;
      return original.apply(this, given) as never;
    });
  });
  try {
    work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return characters;
}
