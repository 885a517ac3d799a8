import type { RequestPermissionRequest } from '@agentclientprotocol/sdk';
import { expect, it } from 'vitest';
import { createKnownCalls } from './known-calls.ts';
import { answerPermission } from './permissions.ts';

const RULES = [{ decision: 'ask' as const }];
const OPTIONS = [
  { optionId: 'y', name: 'Yes', kind: 'allow_once' as const },
  { optionId: 'n', name: 'No', kind: 'reject_once' as const },
];

function asked(toolCall: Partial<RequestPermissionRequest['toolCall']>): RequestPermissionRequest {
  return { sessionId: 's', toolCall: { toolCallId: 'c', ...toolCall }, options: OPTIONS };
}

function questionOf(request: RequestPermissionRequest, redact?: (text: string) => string): string {
  const answer = answerPermission(request, RULES, [], redact);
  return answer.kind === 'ask' ? answer.question.text : '';
}

it.each([
  ['its input', (text: string) => asked({ rawInput: { command: text } })],
  ['its title', (title: string) => asked({ title })],
])('an answer to one call is none to another that begins like it: %s', (_, request) => {
  const begin = 'echo '.repeat(1000);
  const question = questionOf(request(`${begin}hello`));
  expect(question.length).toBeLessThan(4000);
  expect(question).toContain('not all of it is shown');
  const answers = [{ question, answer: 'allow', answeredBy: 'ada' }];
  expect(answerPermission(request(`${begin}hello`), RULES, answers).kind).toBe('answer');
  expect(answerPermission(request(`${begin}; rm -rf /`), RULES, answers).kind).toBe('ask');
});

it('an answer is found again where the question has a masked secret', () => {
  const redact = (text: string) => text.replaceAll('hunter22', '[secret]');
  const request = asked({ rawInput: { command: 'login hunter22' } });
  const question = questionOf(request, redact);
  expect(question).toContain('login [secret]');
  const answers = [{ question, answer: 'reject', answeredBy: 'ada' }];
  expect(answerPermission(request, RULES, answers, redact)).toMatchObject({
    response: { outcome: { optionId: 'n' } },
  });
});

it('a question has no half of a secret at its end', () => {
  const redact = (text: string) => text.replaceAll('hunter22', '[secret]');
  for (let padding = 1970; padding < 2000; padding++) {
    const request = asked({ rawInput: `${'x'.repeat(padding)}hunter22` });
    expect(questionOf(request, redact)).not.toContain('hunt');
  }
});

it('a call is known by what was told of it last, until it ends', () => {
  const calls = createKnownCalls();
  const { toolCall } = asked({});
  calls.update({ sessionUpdate: 'tool_call', toolCallId: 'c', title: 'make', kind: 'execute' });
  calls.update({ sessionUpdate: 'tool_call_update', toolCallId: 'c', title: 'make all' });
  expect(calls.completed(toolCall)).toMatchObject({ kind: 'execute', title: 'make all' });
  expect(calls.completed({ ...toolCall, kind: 'edit' })).toMatchObject({ kind: 'edit' });
  calls.update({ sessionUpdate: 'tool_call_update', toolCallId: 'c', status: 'completed' });
  expect(calls.completed(toolCall)).toMatchObject({ kind: null, title: null });
});

it('of calls without an end the newest are known', () => {
  const calls = createKnownCalls();
  for (let nth = 0; nth < 3000; nth++) {
    const toolCallId = `c${nth}`;
    calls.update({ sessionUpdate: 'tool_call', toolCallId, title: 'make', kind: 'execute' });
  }
  expect(calls.completed({ toolCallId: 'c2999' })).toMatchObject({ kind: 'execute' });
  expect(calls.completed({ toolCallId: 'c0' })).toMatchObject({ kind: null });
});
