import { PassThrough } from 'node:stream';
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createTerminalPeople } from './terminal-people.ts';

async function createWaiting(questions: readonly { text: string; choices?: string[] }[]) {
  const operations = createOrchestrator({ store: await createMemoryStore() });
  const { workflowId } = await operations.start({
    projectId: 'p',
    buildId: 'b',
    userId: 'ada',
    requirements: {},
  });
  const { claim } = await operations.claim({
    workflowId,
    worker: 'w',
    roles: ['q_assistant'],
    leaseMs: 30_000,
  });
  await operations.ask({ workflowId, claimToken: claim.token, questions: [...questions] });
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.on('data', (chunk) => {
    shown += chunk;
  });
  const interrupt = vi.fn();
  const people = createTerminalPeople({ operations, person: 'eve', input, output, interrupt });
  onTestFinished(() => people.dispose());
  const left = vi.fn();
  const status = () => operations.status({ workflowId });
  const look = async () => people.look(await status(), left);
  const shows = (text: string) => expect.poll(() => shown).toContain(text);
  const answered = (text: string) =>
    expect
      .poll(async () => (await status()).questions.map(({ answer }) => answer?.text))
      .toContain(text);
  return { operations, workflowId, input, look, left, shows, answered, status };
}

test('questions are asked one after another, choices also by number', async () => {
  const { input, look, shows, answered, status } = await createWaiting([
    { text: 'Which colour?', choices: ['red', 'blue'] },
    { text: 'Why?' },
  ]);
  await look();
  await shows('q_assistant asks (q1): Which colour?');
  await shows('  2) blue');
  input.write('green\n');
  await shows("'green' is no answer to 'q1'; choices: red, blue");
  input.write('2\n');
  await answered('blue');
  await look();
  await shows('(q2): Why?');
  input.write('  I like it  \n');
  await answered('I like it');
  expect((await status()).awaiting).toBeUndefined();
  expect((await status()).questions[0]?.answer).toMatchObject({ answeredBy: 'eve' });
});

test('a choice that is a number counts as its words, not as a place', async () => {
  const { input, look, shows, answered } = await createWaiting([
    { text: 'How many?', choices: ['2', '3', '4'] },
    { text: 'And then?', choices: ['5', '6', '7'] },
  ]);
  await look();
  await shows('How many?');
  input.write('2\n');
  await answered('2');
  await look();
  await shows('And then?');
  input.write('1\n');
  await answered('5');
});

test('a question that another person has answered is no longer asked', async () => {
  const waiting = await createWaiting([{ text: 'One?' }, { text: 'Two?' }]);
  const { operations, workflowId, look, shows, left, input, answered } = waiting;
  await look();
  await shows('One?');
  const other = { workflowId, questionId: 'q1', answer: 'x', by: 'ada' };
  await operations.answerQuestion(other);
  await look();
  await shows('Two?');
  input.write('two\n');
  await answered('two');
  expect(left).not.toHaveBeenCalled();
});

test('a person who closes the input has left', async () => {
  const { look, shows, left, input } = await createWaiting([{ text: 'One?' }]);
  await look();
  await shows('One?');
  input.end();
  await expect.poll(() => left).toHaveBeenCalledOnce();
});
