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
