import { expect, it } from 'vitest';
import { logLines } from './log-lines.ts';

const plainText = { mediaType: 'text/plain' };
const conversation = { mediaType: 'application/jsonl' };

it('shows what a command printed, marked line by line, with nothing invisible in it', () => {
  const printed = 'ok\u001b[31m red\u001b[0m\r\n\n\u202etxet\u0007\n';
  expect(logLines(plainText, printed)).toEqual(['│ ok red', '│ ', '│ \\u202etxet\\u0007']);
  expect(logLines(plainText, '\n')).toEqual(['│ (nothing)']);
});

it('shows the messages of a conversation as who said what', () => {
  const messages = [
    { role: 'system', content: 'You write\nthe code.' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool-call', toolName: 'read', input: { path: 'a.ts' } },
      ],
    },
    {
      role: 'tool',
      content: [{ type: 'tool-result', toolName: 'read', output: { type: 'text', value: '1\tx' } }],
    },
    { role: 'assistant', content: [{ type: 'file', mediaType: 'image/png' }, 7] },
  ];
  const lines = messages.map((one) => JSON.stringify(one));
  expect(logLines(conversation, lines.join('\n'))).toEqual([
    '│ system: You write',
    '│ the code.',
    '│ assistant: I look.',
    '│ assistant: read {"path":"a.ts"}',
    '│ tool: read: 1\tx',
    '│ assistant: {"type":"file","mediaType":"image/png"}',
    '│ assistant: 7',
  ]);
});

it('shows a line of a conversation that was shortened as it is', () => {
  const content = '{"role":"user","content":"begin\n[... 9 bytes left out ...]\n7';
  expect(logLines(conversation, content)).toEqual([
    '│ {"role":"user","content":"begin',
    '│ [... 9 bytes left out ...]',
    '│ 7',
  ]);
});
