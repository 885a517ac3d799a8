import { expect, it } from 'vitest';
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

it('hears a text of many pieces and no lines in time that grows with its length alone', () => {
  const heard: string[] = [];
  const progress = createSessionProgress({ progress: (message) => heard.push(message) });
  const content = { type: 'text' as const, text: 'words' };
  const pieces = 400_000;
  for (let nth = 0; nth < pieces; nth++) {
    progress.update({ sessionUpdate: 'agent_message_chunk', content });
  }
  expect(heard.length).toBeGreaterThan(10);
  expect(heard.every((message) => message.length <= 201)).toBe(true);
  // The end of it, of a bounded length.
  expect(progress.endTurn()).toBe('words'.repeat(pieces).slice(-1024 * 1024));
  expect(progress.endTurn()).toBe('');
});
