import { expect, it } from 'vitest';
import { createSessionTranscript } from './session-transcript.ts';

function setUp() {
  const kept: string[] = [];
  const transcript = createSessionTranscript(
    {
      artifact: async (_, content) => {
        kept.push(String(content));
        return { digest: '', size: 0, truncated: false };
      },
      note: () => {},
    },
    (text) => text,
    '/srv',
  );
  return { transcript, kept };
}

it('holds a bounded part of calls that begin and do not end, and tells of all', async () => {
  const { transcript, kept } = setUp();
  const count = 1500;
  for (let nth = 0; nth < count; nth++) {
    const rawInput = { text: 'x'.repeat(8000) };
    transcript.update({
      sessionUpdate: 'tool_call',
      toolCallId: `c${nth}`,
      title: 'make',
      rawInput,
    });
  }
  await transcript.keep();
  const text = kept.join('');
  const waited = text.split('its end was not waited for').length - 1;
  const open = text.split('it did not end').length - 1;
  const [, leftOut = '0'] = /(\d+) messages are left out/.exec(text) ?? [];
  expect(waited).toBeGreaterThan(0);
  expect(open * 8000).toBeLessThanOrEqual(8 * 1024 * 1024);
  expect(2 * (waited + open) + Number(leftOut)).toBeGreaterThanOrEqual(2 * count - 1);
});

it('counts what is told of one call again in place of what was told before', async () => {
  const { transcript, kept } = setUp();
  transcript.update({ sessionUpdate: 'tool_call', toolCallId: 'c', title: 'make' });
  for (let nth = 0; nth < 2000; nth++) {
    const rawOutput = `${'x'.repeat(8000)} ${nth}`;
    transcript.update({ sessionUpdate: 'tool_call_update', toolCallId: 'c', rawOutput });
  }
  transcript.update({ sessionUpdate: 'tool_call_update', toolCallId: 'c', status: 'completed' });
  await transcript.keep();
  const messages = kept.join('').trim().split('\n');
  expect(messages).toHaveLength(2);
  expect(messages[1]).toContain('x 1999');
});
